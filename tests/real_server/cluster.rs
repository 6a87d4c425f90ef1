//! The servers, on free ports of loopback, with users that may more or less.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kube::config::{KubeConfigOptions, Kubeconfig};
use quarterdeck::clients::kubernetes::{Connection, ConnectionOptions};
use quarterdeck::platform::time::Clock;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than anything takes, even on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at something that tells nobody when it changes.
const LOOK: Duration = Duration::from_millis(100);

/// Signs service accounts' tokens, which nobody uses here.
const KEY: &str = include_str!("service-accounts.pem");

/// Token, name, identity and group of each user. Their contexts have their names.
const USERS: &str = "\
admin-token,admin,1,\"system:masters\"
viewer-token,viewer,2,\"viewers\"
member-token,member,3,\"members\"
restricted-token,restricted,4,\"demo:staging\"
";

/// The namespace of `member`.
pub const TEAM: &str = "team";

/// What runs in a cluster.
pub struct Setup {
    /// The controllers, as kube-controller-manager takes them.
    controllers: &'static str,
    /// More arguments of kube-apiserver.
    arguments: &'static [&'static str],
    /// Whether etcd has a past that it no longer keeps when kube-apiserver starts.
    past: bool,
}

impl Setup {
    /// What the tests of workloads need, and no more.
    pub fn small() -> Setup {
        let controllers = "deployment-controller,replicaset-controller,resourcequota-controller,garbage-collector-controller,disruption-controller";
        Setup { controllers, arguments: &["--disable-admission-plugins=ServiceAccount"], past: false }
    }

    /// All that a cluster has but nodes.
    pub fn whole() -> Setup {
        Setup { controllers: "*", arguments: &[], past: true }
    }
}

/// A running cluster. It ends, with all that it has kept, when it is dropped.
pub struct Cluster {
    servers: Vec<Server>,
    folder: TempDir,
    client: kube::Client,
    url: String,
    /// Whether Deployments get ReplicaSets, and these pods.
    pub controllers: bool,
}

impl Cluster {
    /// Starts the servers of a folder, and waits until they are ready.
    pub async fn start(assets: &Path) -> Cluster {
        Cluster::start_as(assets, Setup::small()).await
    }

    /// Starts the servers of a folder as they are wanted, and waits until they are ready.
    pub async fn start_as(assets: &Path, setup: Setup) -> Cluster {
        let folder = tempfile::tempdir().unwrap();
        let [etcd_port, peer_port, api_port] = free_ports();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(at("key.pem"), KEY).unwrap();
        std::fs::write(at("users.csv"), USERS).unwrap();
        let etcd = format!("http://127.0.0.1:{etcd_port}");
        let peer = format!("http://127.0.0.1:{peer_port}");
        let mut servers = vec![Server::start(
            assets,
            "etcd",
            folder.path(),
            &[
                format!("--data-dir={}", at("etcd")),
                format!("--listen-client-urls={etcd}"),
                format!("--advertise-client-urls={etcd}"),
                format!("--listen-peer-urls={peer}"),
                format!("--initial-advertise-peer-urls={peer}"),
                format!("--initial-cluster=default={peer}"),
                "--unsafe-no-fsync".to_owned(),
            ],
        )];
        if setup.past {
            write_past(&etcd).await;
        }
        let mut arguments = setup.arguments.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        arguments.extend([
            format!("--etcd-servers={etcd}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={api_port}"),
            format!("--cert-dir={}", at("certificates")),
            format!("--token-auth-file={}", at("users.csv")),
            "--authorization-mode=RBAC".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-key-file={}", at("key.pem")),
            format!("--service-account-signing-key-file={}", at("key.pem")),
        ]);
        servers.push(Server::start(assets, "kube-apiserver", folder.path(), &arguments));
        let url = format!("https://127.0.0.1:{api_port}");
        servers[1].until_written(&folder.path().join("certificates/apiserver.crt")).await;
        write_kubeconfig(folder.path(), &url);
        let client = client(folder.path()).await;
        let mut cluster = Cluster { servers, folder, client, url, controllers: false };
        cluster.until_ready().await;
        cluster.start_controllers(assets, setup.controllers);
        cluster.grant().await;
        cluster
    }

    /// The kubeconfig; its contexts are `admin`, `viewer` and `member`.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// The address of kube-apiserver.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate of whom kube-apiserver's own is signed by.
    pub fn authority(&self) -> PathBuf {
        self.folder("certificates/apiserver.crt")
    }

    /// A folder for whatever a test keeps.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A connection of one of the users.
    pub fn connection(&self, user: &str) -> Connection {
        let options = ConnectionOptions {
            kubeconfig: Some(self.kubeconfig()),
            context: Some(user.to_owned()),
            ..ConnectionOptions::new(Clock::system())
        };
        Connection::open(options).unwrap()
    }

    /// Sends a request as the administrator.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, kube::Error> {
        let content = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let request = http::Request::builder().method(method).uri(path).header("content-type", content);
        self.client.request(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.send("GET", path, &Value::Null).await.unwrap()
    }

    pub async fn create(&self, path: &str, object: Value) -> Value {
        self.send("POST", path, &object).await.unwrap()
    }

    pub async fn patch(&self, path: &str, patch: Value) -> Value {
        self.send("PATCH", path, &patch).await.unwrap()
    }

    pub async fn delete(&self, path: &str) {
        self.send("DELETE", path, &json!({ "propagationPolicy": "Background" })).await.unwrap();
    }

    pub async fn namespace(&self, name: &str) {
        self.create("/api/v1/namespaces", json!({ "metadata": { "name": name } })).await;
    }

    /// Makes a Deployment whose pods nobody will ever run.
    pub async fn deployment(&self, namespace: &str, name: &str, replicas: u32) {
        let labels = json!({ "app": name });
        let resources = json!({ "requests": { "cpu": "100m", "memory": "64Mi" } });
        let deployment = json!({
            "metadata": { "name": name, "labels": labels },
            "spec": {
                "replicas": replicas,
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{ "name": "web", "image": "registry.example/web:1.2.3", "resources": resources }] },
                },
            },
        });
        self.create(&format!("/apis/apps/v1/namespaces/{namespace}/deployments"), deployment).await;
    }

    /// The wanted count of a Deployment.
    pub async fn replicas(&self, namespace: &str, name: &str) -> u64 {
        let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
        self.get(&path).await["spec"]["replicas"].as_u64().unwrap()
    }

    /// Looks at an object until it is so.
    pub async fn until(&self, path: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let object = self.get(path).await;
            if condition(&object) {
                return object;
            }
            assert!(Instant::now() < deadline, "{path} never became so: {object}");
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn until_ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let request = http::Request::get("/readyz").body(Vec::new()).unwrap();
            match self.client.request_text(request).await {
                Ok(_) => return,
                Err(error) => assert!(Instant::now() < deadline, "{error}\n{}", self.servers[1].log()),
            }
            self.servers[1].still_runs();
            tokio::time::sleep(LOOK).await;
        }
    }

    fn start_controllers(&mut self, assets: &Path, controllers: &str) {
        const NAME: &str = "kube-controller-manager";
        self.controllers = assets.join(NAME).exists();
        if !self.controllers {
            return;
        }
        let arguments = [
            format!("--kubeconfig={}", self.kubeconfig().display()),
            format!("--controllers={controllers}"),
            format!("--service-account-private-key-file={}", self.folder("key.pem").display()),
            format!("--root-ca-file={}", self.authority().display()),
            "--leader-elect=false".to_owned(),
            "--secure-port=0".to_owned(),
        ];
        self.servers.push(Server::start(assets, NAME, self.folder.path(), &arguments));
    }

    /// `viewer` may look at everything but nodes, `member` at what is in one namespace.
    async fn grant(&self) {
        self.namespace(TEAM).await;
        let api = "/apis/rbac.authorization.k8s.io/v1";
        let rule = |group: &str, resources: &[&str]| json!({ "apiGroups": [group], "resources": resources, "verbs": ["get", "list", "watch"] });
        let role = json!({
            "metadata": { "name": "reader" },
            "rules": [
                rule("", &["namespaces", "pods", "events", "resourcequotas"]),
                rule("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
                rule("autoscaling", &["horizontalpodautoscalers"]),
                rule("policy", &["poddisruptionbudgets"]),
            ],
        });
        self.create(&format!("{api}/clusterroles"), role).await;
        let bind = |group: &str| {
            json!({
                "metadata": { "name": group },
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader" },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group }],
            })
        };
        self.create(&format!("{api}/clusterrolebindings"), bind("viewers")).await;
        self.create(&format!("{api}/namespaces/{TEAM}/rolebindings"), bind("members")).await;
        self.until_granted("viewers", "").await;
        self.until_granted("members", TEAM).await;
    }

    /// The server takes a moment to know of a binding.
    async fn until_granted(&self, group: &str, namespace: &str) {
        let resource = json!({ "verb": "watch", "resource": "pods", "namespace": namespace });
        let review =
            json!({ "spec": { "user": "someone", "groups": [group], "resourceAttributes": resource } });
        let deadline = Instant::now() + PATIENCE;
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        while self.create(path, review.clone()).await["status"]["allowed"] != true {
            assert!(Instant::now() < deadline, "{group} may never watch pods");
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// A running server, killed when it is dropped.
struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Server {
    fn start(assets: &Path, name: &'static str, folder: &Path, arguments: &[String]) -> Server {
        let log = folder.join(format!("{name}.log"));
        let file = std::fs::File::create(&log).unwrap();
        let mut command = Command::new(assets.join(name));
        command.args(arguments).current_dir(folder);
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} can't be started: {error}"));
        Server { name, child, log }
    }

    /// The end of what it has logged.
    fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    fn still_runs(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("{} ended with {status}:\n{}", self.name, self.log());
        }
    }

    async fn until_written(&mut self, path: &Path) {
        let deadline = Instant::now() + PATIENCE;
        while std::fs::metadata(path).map_or(0, |file| file.len()) == 0 {
            self.still_runs();
            assert!(Instant::now() < deadline, "{} was never written:\n{}", path.display(), self.log());
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already when this fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives etcd revisions that kube-apiserver never sees, so that its oldest versions are too old for every watch.
async fn write_past(etcd: &str) {
    let http = reqwest::Client::new();
    let send = async |method: &str, body: Value| {
        http.post(format!("{etcd}/v3/kv/{method}")).body(body.to_string()).send().await
    };
    let deadline = Instant::now() + PATIENCE;
    // The key and its value are in base64.
    let put = json!({ "key": "cGFzdA==", "value": "cGFzdA==" });
    while send("put", put.clone()).await.is_err() {
        assert!(Instant::now() < deadline, "etcd never became ready");
        tokio::time::sleep(LOOK).await;
    }
    for _ in 0..50 {
        send("put", put.clone()).await.unwrap();
    }
    send("compaction", json!({ "revision": "40" })).await.unwrap();
}

/// Ports that nobody listens on.
fn free_ports<const N: usize>() -> [u16; N] {
    // All are taken at once, so that they differ.
    let listeners: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn write_kubeconfig(folder: &Path, url: &str) {
    let users: Vec<(&str, &str)> = USERS
        .lines()
        .map(|line| {
            let mut fields = line.split(',');
            (fields.next().unwrap(), fields.next().unwrap())
        })
        .collect();
    let authority = folder.join("certificates/apiserver.crt");
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "admin",
        "clusters": [{ "name": "real", "cluster": { "server": url, "certificate-authority": authority } }],
        "users": users.iter().map(|(token, name)| json!({ "name": name, "user": { "token": token } })).collect::<Vec<_>>(),
        "contexts": users.iter().map(|(_, name)| {
            let namespace = if *name == "member" { TEAM } else { "default" };
            json!({ "name": name, "context": { "cluster": "real", "user": name, "namespace": namespace } })
        }).collect::<Vec<_>>(),
    });
    std::fs::write(folder.join("kubeconfig"), config.to_string()).unwrap();
}

async fn client(folder: &Path) -> kube::Client {
    let kubeconfig = Kubeconfig::read_from(folder.join("kubeconfig")).unwrap();
    let mut config =
        kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    config.default_retry = false;
    kube::Client::try_from(config).unwrap()
}
