//! A scripted API server: one workload and what hangs on it, over real HTTP on loopback.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub const UID: &str = "6f1c2d3e-0000-4000-8000-000000000001";
pub const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/production/deployments/backend-rust";
pub const AUTOSCALERS: &str = "/apis/autoscaling/v2/namespaces/production/horizontalpodautoscalers";
pub const BUDGETS: &str = "/apis/policy/v1/namespaces/production/poddisruptionbudgets";
pub const QUOTAS: &str = "/api/v1/namespaces/production/resourcequotas";
pub const EVENTS: &str = "/api/v1/namespaces/production/events";
pub const PODS: &str = "/api/v1/namespaces/production/pods";
pub const ALL_PODS: &str = "/api/v1/pods";
pub const NODES: &str = "/api/v1/nodes";

/// Something that happens in the cluster at the next look at the workload.
pub type Step = Box<dyn FnOnce(&mut World) + Send>;

/// How the server treats a patch that persists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It does what it is asked for.
    Faithful,
    /// It does it, and a load balancer in between loses the answer.
    LosesTheAnswer,
    /// A load balancer in between loses the request.
    LosesTheRequest,
}

/// What is in the cluster.
pub struct World {
    /// Objects and lists by their path.
    pub objects: BTreeMap<String, Value>,
    /// Answers that are no success, by path or by method and path: code and message.
    pub errors: BTreeMap<String, (u16, String)>,
    /// Whether the access review allows.
    pub allowed: bool,
    /// How patches are treated.
    pub manner: Manner,
    /// Whether controllers follow at once.
    pub obedient: bool,
    /// What happens at each look at the workload once something was applied.
    pub script: VecDeque<Step>,
    /// Every request: method, path with query, body.
    pub requests: Vec<(String, String, String)>,
    applied: bool,
}

impl World {
    pub fn deployment(&mut self) -> &mut Value {
        self.objects.get_mut(DEPLOYMENT).expect("the deployment is there")
    }

    pub fn replicas(&mut self) -> u64 {
        self.deployment()["spec"]["replicas"].as_u64().expect("a count")
    }

    /// Sets the wanted count, as somebody else would.
    pub fn set_wanted(&mut self, count: u64) {
        let generation = self.deployment()["metadata"]["generation"].as_u64().unwrap_or(0);
        let deployment = self.deployment();
        deployment["spec"]["replicas"] = json!(count);
        deployment["metadata"]["generation"] = json!(generation + 1);
    }

    /// Lets the controller make so many pods, and so many of them ready.
    pub fn set_present(&mut self, present: u64, ready: u64) {
        let generation = self.deployment()["metadata"]["generation"].clone();
        let status = &mut self.deployment()["status"];
        status["observedGeneration"] = generation;
        status["replicas"] = json!(present);
        status["readyReplicas"] = json!(ready);
    }

    /// The patches that were to persist.
    pub fn persisting_patches(&self) -> usize {
        let persisting =
            |(method, path, _): &&(String, String, String)| method == "PATCH" && !path.contains("dryRun");
        self.requests.iter().filter(persisting).count()
    }

    fn scale(&self, path: &str) -> Option<Value> {
        let owner = self.objects.get(path.strip_suffix("/scale")?)?;
        // As the real server does, a count of zero is left out.
        let spec = match owner["spec"]["replicas"].as_u64() {
            Some(0) | None => json!({}),
            Some(count) => json!({ "replicas": count }),
        };
        Some(json!({
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": {
                "name": owner["metadata"]["name"], "namespace": owner["metadata"]["namespace"],
                "uid": owner["metadata"]["uid"],
            },
            "spec": spec,
            "status": { "replicas": owner["status"]["replicas"], "selector": "app=backend-rust" },
        }))
    }

    fn get(&mut self, path: &str) -> Response {
        if self.applied
            && path == DEPLOYMENT
            && let Some(step) = self.script.pop_front()
        {
            step(self);
        }
        match self.objects.get(path).cloned().or_else(|| self.scale(path)) {
            Some(object) => axum::Json(object).into_response(),
            None => status(404, "NotFound", &format!("{path} not found")),
        }
    }

    fn patch(&mut self, path: &str, query: &str, body: &[u8]) -> Response {
        let dry = query.contains("dryRun=All");
        if !dry && self.manner == Manner::LosesTheRequest {
            return (StatusCode::BAD_GATEWAY, "bad gateway").into_response();
        }
        let Some(mut scale) = self.scale(path) else {
            return status(404, "NotFound", "no such scale");
        };
        let patch: json_patch::Patch = serde_json::from_slice(body).expect("a JSON patch");
        if json_patch::patch(&mut scale, &patch).is_err() {
            // The very words of a real server, which does not say what failed.
            return status(422, "Invalid", "the server rejected our request due to an error in our request");
        }
        if !dry {
            let count = scale["spec"]["replicas"].as_u64().unwrap_or(0);
            self.set_wanted(count);
            self.applied = true;
            if self.obedient {
                self.set_present(count, count);
            }
            if self.manner == Manner::LosesTheAnswer {
                return (StatusCode::BAD_GATEWAY, "bad gateway").into_response();
            }
        }
        axum::Json(scale).into_response()
    }
}

/// The server, for as long as its runtime lives.
pub struct Server {
    pub url: String,
    world: Arc<Mutex<World>>,
}

impl Server {
    /// A server with `backend-rust` at so many replicas, all of them ready, and nothing that stands against anything.
    pub async fn start(replicas: u64) -> Server {
        let mut objects: BTreeMap<String, Value> = [AUTOSCALERS, BUDGETS, QUOTAS, EVENTS, PODS, ALL_PODS]
            .into_iter()
            .map(|path| (path.to_owned(), json!({ "items": [] })))
            .collect();
        objects.insert(DEPLOYMENT.to_owned(), deployment(replicas));
        objects.insert(NODES.to_owned(), json!({ "items": [node("worker-1")] }));
        let world = World {
            objects,
            errors: BTreeMap::new(),
            allowed: true,
            manner: Manner::Faithful,
            obedient: true,
            script: VecDeque::new(),
            requests: Vec::new(),
            applied: false,
        };
        let world = Arc::new(Mutex::new(world));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&world));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Server { url, world }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no panic in the server")
    }
}

async fn answer(State(world): State<Arc<Mutex<World>>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let mut world = world.lock().expect("no panic in the server");
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let asked = String::from_utf8_lossy(&body).into_owned();
    world.requests.push((method.to_string(), uri.to_string(), asked));
    let failing = world.errors.get(path).or_else(|| world.errors.get(&format!("{method} {path}")));
    if let Some((code, message)) = failing {
        return status(*code, if *code == 403 { "Forbidden" } else { "InternalError" }, message);
    }
    match (method.as_str(), path) {
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews") => {
            axum::Json(json!({ "status": { "allowed": world.allowed } })).into_response()
        }
        ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews") => {
            axum::Json(json!({ "status": { "userInfo": { "username": "anna@example.org" } } }))
                .into_response()
        }
        ("GET", path) => world.get(path),
        ("PATCH", path) => world.patch(path, query, &body),
        _ => status(405, "MethodNotAllowed", "not here"),
    }
}

fn status(code: u16, reason: &str, message: &str) -> Response {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "reason": reason, "message": message, "code": code,
    });
    (StatusCode::from_u16(code).expect("a status"), axum::Json(body)).into_response()
}

/// `backend-rust` with so many replicas, all of them ready.
pub fn deployment(replicas: u64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "backend-rust", "namespace": "production", "uid": UID, "generation": 4 },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": "backend-rust" } },
            "template": {
                "metadata": { "labels": { "app": "backend-rust", "tier": "api" } },
                "spec": { "containers": [{
                    "name": "backend", "image": "backend:1",
                    "resources": {
                        "requests": { "cpu": "500m", "memory": "256Mi" },
                        "limits": { "cpu": "1", "memory": "512Mi" },
                    },
                }] },
            },
        },
        "status": { "observedGeneration": 4, "replicas": replicas, "readyReplicas": replicas },
    })
}

/// A node that takes pods: four cores, 8 GiB.
pub fn node(name: &str) -> Value {
    json!({
        "metadata": { "name": name },
        "spec": {},
        "status": {
            "allocatable": { "cpu": "4", "memory": "8Gi", "pods": "110" },
            "conditions": [{ "type": "Ready", "status": "True" }],
        },
    })
}

/// An autoscaler of `backend-rust`.
pub fn autoscaler(minimum: u32, maximum: u32) -> Value {
    json!({ "items": [{
        "metadata": { "name": "backend" },
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "backend-rust" },
            "minReplicas": minimum, "maxReplicas": maximum,
        },
        "status": { "currentReplicas": 3, "desiredReplicas": 3 },
    }] })
}
