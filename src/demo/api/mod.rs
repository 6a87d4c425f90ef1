//! The Kubernetes API over HTTP: who asks, what for, may they, and the answer in the encoding they accept.

mod accept;
mod access;
mod apply;
mod audit;
mod behind;
mod bind;
mod body;
mod create;
mod delete;
mod discovery;
mod encode;
mod error;
mod evict;
mod list_options;
mod logs;
mod metrics;
mod oddities;
mod openapi;
mod options;
mod ownership;
mod patch;
mod pipeline;
mod proxy;
mod read;
mod request;
mod request_info;
mod reviews;
mod scale;
mod streams;
mod table;
mod update;
mod views;
mod watch;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use futures::FutureExt as _;

use self::accept::{Encoding, Format, Shape};
pub use self::audit::{Audit, Deed};
use self::behind::Passed;
use self::error::ApiError;
pub use self::openapi::OpenApi;
use self::request::{Query, Target, Verb};
use self::request_info::RequestInfo;
use super::access::{Credentials, DemoUser, UserInfo};
use super::model::SharedModel;
use super::store::{Kinds, SharedStore};
use super::wire::Schema;
use crate::platform::time::Clock;

/// What every answer needs.
#[derive(Debug)]
pub struct ApiState {
    /// The messages.
    pub schema: Arc<Schema>,
    /// The objects.
    pub store: SharedStore,
    /// The load on them.
    pub model: SharedModel,
    /// The time.
    pub clock: Clock,
    /// Decides the names and uids that the server draws.
    pub seed: u64,
    /// Who may come in.
    pub credentials: Credentials,
    /// What is told of the kinds in OpenAPI.
    pub openapi: OpenApi,
    /// What clients have changed lately.
    pub audit: Audit,
    /// The port that the server listens on, for the check of the Host header.
    pub port: u16,
}

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 3 << 20;

/// The service that answers every request.
pub fn router(state: Arc<ApiState>) -> Router {
    Router::new().fallback(handle).with_state(state)
}

/// The service that answers every request as this user's.
pub fn router_for(state: Arc<ApiState>, user: DemoUser) -> Router {
    let known = Arc::clone(&state);
    let authorized = move |mut request: Request<Body>, next: axum::middleware::Next| {
        let token = known.credentials.token(user).unwrap_or_default();
        let headers = request.headers_mut();
        if let Ok(value) = format!("Bearer {token}").parse() {
            headers.insert(AUTHORIZATION, value);
        }
        if let Ok(value) = format!("127.0.0.1:{}", known.port).parse() {
            headers.insert(HOST, value);
        }
        next.run(request)
    };
    router(state).layer(axum::middleware::from_fn(authorized))
}

async fn handle(State(state): State<Arc<ApiState>>, request: Request<Body>) -> Response<Body> {
    let format = Format::of(request.headers());
    let (parts, body) = request.into_parts();
    let answered = answer(&state, Request::from_parts(parts.clone(), body), &format).await;
    let response = answered.unwrap_or_else(|error| error.respond(&state.schema, format.encoding));
    note(&state, &parts, response.status());
    response
}

async fn answer(
    state: &Arc<ApiState>,
    request: Request<Body>,
    format: &Format,
) -> Result<Response<Body>, ApiError> {
    let (parts, body) = request.into_parts();
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{}", state.port)) {
        return Err(ApiError::foreign_host());
    }
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let info = RequestInfo::of(&parts.method, parts.uri.path(), &query);
    let user = access::admit(state, &parts.headers, &info)?;
    let path = parts.uri.path().trim_end_matches('/');
    let kinds = Arc::clone(state.store.lock().kinds());
    if parts.method == Method::GET
        && let Some(answer) = state.openapi.answer(path, &query, &state.schema, &kinds)
    {
        return answer;
    }
    if parts.method == Method::GET
        && let Some(answer) = discovery::answer(path, &query, format, &parts.headers, &kinds)
    {
        return answer.respond(&state.schema, format.encoding);
    }
    let content_type =
        parts.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    let body = axum::body::to_bytes(body, LARGEST_BODY).await.map_err(|_| ApiError::too_large())?;
    let passed = Passed {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        body: &body,
    };
    if let Some(answer) = behind::answer(state, passed, &query, format) {
        return answer;
    }
    if parts.method == Method::POST
        && let Some(answer) = reviews::answer(state, &user, &info, &body, &content_type)
    {
        return answer?.respond(&state.schema, format.encoding, StatusCode::CREATED);
    }
    let target = Target::parse(path, &kinds).ok_or_else(|| nothing_there(path, &kinds))?;
    let verb = Verb::of(&parts.method, &target, &query).ok_or_else(ApiError::method_not_allowed)?;
    let format =
        if target.kind.stored.is_json() { Format::without_protobuf(&parts.headers) } else { *format };
    format.check()?;
    let is_list = matches!(verb, Verb::List | Verb::Watch);
    let format = format.for_form(is_list, verb == Verb::Watch, &target.kind)?;
    table::Include::parse(query.get("includeObject").filter(|_| format.shape == Shape::Table))?;
    let agent = parts.headers.get(USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let call = Call { state, user: &user, target: &target, query: &query, format: &format, agent };
    match verb {
        Verb::Get => read::get(&call),
        Verb::List => read::list(&call),
        Verb::Watch => watch::watch(&call),
        Verb::Create => create::create(&call, &body, &content_type),
        Verb::Patch => update::patch(&call, &body, &content_type),
        Verb::Update => update::replace(&call, &body, &content_type),
        Verb::Delete => delete::delete(&call, &body, &content_type),
        Verb::DeleteCollection => delete::delete_collection(&call, &body, &content_type),
    }
}

/// Nothing is served under the path: in a group that there is, the server says so in its own words.
fn nothing_there(path: &str, kinds: &Kinds) -> ApiError {
    let group = match path.trim_start_matches('/').split('/').collect::<Vec<_>>().as_slice() {
        ["api", "v1", ..] => "",
        ["apis", group, ..] => *group,
        _ => return ApiError::no_such_path(),
    };
    if kinds.has_group(group) { ApiError::no_such_subresource() } else { ApiError::no_such_path() }
}

/// Makes a request of the platform's own, as its administrator: status code and answer. It leaves no trace among what clients do.
pub fn perform(
    state: &Arc<ApiState>,
    method: &str,
    path: &str,
    content_type: &str,
    body: String,
) -> (u16, serde_json::Value) {
    let token = state.credentials.token(DemoUser::Admin).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, format!("127.0.0.1:{}", state.port))
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header(CONTENT_TYPE, content_type)
        .body(Body::from(body));
    let Ok(request) = request else { return (400, serde_json::Value::Null) };
    let format = Format::of(request.headers());
    let answered = async {
        let response = match answer(state, request, &format).await {
            Ok(response) => response,
            Err(error) => error.respond(&state.schema, format.encoding),
        };
        let code = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
        (code, serde_json::from_slice(&body).unwrap_or_default())
    };
    // Nothing in it waits: the body is there, and so is the answer.
    answered.now_or_never().unwrap_or((500, serde_json::Value::Null))
}

/// Keeps what a client's request has changed.
fn note(state: &ApiState, parts: &Parts, code: StatusCode) {
    let path = parts.uri.path();
    let dry = parts.uri.query().is_some_and(|query| query.contains("dryRun"));
    let aside =
        path.contains("/demo.quarterdeck.dev/") || path.contains("reviews") || path.contains("/leases");
    if parts.method == Method::GET || !code.is_success() || dry || aside {
        return;
    }
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let info = RequestInfo::of(&parts.method, path, &query);
    let user = access::admit(state, &parts.headers, &info).map(|user| user.name).unwrap_or_default();
    let deed = Deed { at: state.clock.now(), user, method: parts.method.clone(), path: path.to_owned() };
    state.audit.note(deed);
}

/// One request, understood.
#[derive(Clone, Copy)]
struct Call<'a> {
    state: &'a Arc<ApiState>,
    user: &'a UserInfo,
    target: &'a Target,
    query: &'a Query,
    format: &'a Format,
    /// The client's name of itself.
    agent: &'a str,
}

impl Call<'_> {
    /// The manager of what this request sets.
    fn manager(&self) -> String {
        self.query.get("fieldManager").map_or_else(|| options::manager_of_agent(self.agent), str::to_owned)
    }

    /// The kinds that are served now.
    fn kinds(&self) -> Arc<Kinds> {
        Arc::clone(self.state.store.lock().kinds())
    }

    /// The answer of this request with a body in its encoding.
    fn reply(&self, code: StatusCode, body: impl Into<Body>) -> Response<Body> {
        reply(code, self.format.encoding, body)
    }
}

/// An answer with a body in this encoding.
fn reply(code: StatusCode, encoding: Encoding, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, encoding.content_type());
    response
}
