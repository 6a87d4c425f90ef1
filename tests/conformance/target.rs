//! The servers that the cases are played against.

use std::path::Path;
use std::time::Duration;

use quarterdeck::demo::{DemoOptions, DemoServer, DemoUser};
use reqwest::{Client, RequestBuilder};

use crate::real_server::cluster::{Cluster, Setup};

/// A server, and how to talk to it.
pub struct Target {
    http: Client,
    url: String,
    /// The names and tokens of its users.
    tokens: Vec<(&'static str, String)>,
    patience: Duration,
}

/// A target, and what has to live as long as it is played against.
pub struct Running<T> {
    pub target: Target,
    _server: T,
}

/// The embedded platform.
pub async fn embedded() -> Running<DemoServer> {
    let options = DemoOptions { churn: 0.0, ..DemoOptions::default() };
    let server = DemoServer::start(options).await.unwrap();
    let tokens = DemoUser::ALL.map(|user| {
        let kubeconfig = server.kubeconfig_for(user);
        let token = kubeconfig.lines().find_map(|line| line.trim().strip_prefix("token: ")).unwrap();
        (user.name(), token.to_owned())
    });
    let http = trusting(server.certificate_authority().as_bytes());
    let target = Target { http, url: server.url(), tokens: tokens.into(), patience: Duration::from_secs(5) };
    Running { target, _server: server }
}

/// A real server, with all of its controllers but without nodes.
pub async fn real(assets: &Path) -> Running<Cluster> {
    let cluster = Cluster::start_as(assets, Setup::whole()).await;
    let http = trusting(&std::fs::read(cluster.authority()).unwrap());
    let tokens = ["admin", "viewer", "restricted"].map(|user| (user, format!("{user}-token")));
    let url = cluster.url().to_owned();
    let target = Target { http, url, tokens: tokens.into(), patience: Duration::from_secs(15) };
    Running { target, _server: cluster }
}

/// A client that trusts the certificates of this PEM text, and no others.
fn trusting(authority: &[u8]) -> Client {
    let authorities = reqwest::Certificate::from_pem_bundle(authority).unwrap();
    Client::builder().tls_certs_only(authorities).build().unwrap()
}

impl Target {
    /// A request of this user, or of nobody.
    pub fn request(&self, method: &str, path: &str, user: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        let request = self.http.request(method, format!("{}{path}", self.url));
        if user == "nobody" {
            return request;
        }
        let token = self.tokens.iter().find(|(name, _)| *name == user);
        let (_, token) = token.unwrap_or_else(|| panic!("there is no user {user}"));
        request.bearer_auth(token)
    }

    /// How long something may take before it counts as never happening.
    pub fn patience(&self) -> Duration {
        self.patience
    }
}
