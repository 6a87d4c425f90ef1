//! A connection: one context of one kubeconfig.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::connection_error::ConnectionError;
use super::credentials::Credentials;
use super::kubeconfig::{locate, without_user};
use super::reader::Reader;
use super::sign_in::SignIn;
use super::transport::Transport;
use super::writer::Writer;
use crate::platform::object::Symbol;
use crate::platform::time::Clock;

/// Which context to open, and how.
#[derive(Debug, Clone)]
pub struct ConnectionOptions {
    /// The one kubeconfig file to read; without it `$KUBECONFIG`, then `~/.kube/config`, then the pod's service account.
    pub kubeconfig: Option<PathBuf>,
    /// The context; without it the current one.
    pub context: Option<String>,
    /// The namespace; without it the context's.
    pub namespace: Option<String>,
    /// What the environment says.
    pub environment: Environment,
    /// How long to wait for what.
    pub limits: Limits,
    /// Where the time comes from, for credentials that expire.
    pub clock: Clock,
}

impl ConnectionOptions {
    /// The current context, in an empty environment, with the usual limits.
    pub fn new(clock: Clock) -> Self {
        ConnectionOptions {
            kubeconfig: None,
            context: None,
            namespace: None,
            environment: Environment::default(),
            limits: Limits::default(),
            clock,
        }
    }
}

/// What the process's environment says about reaching a server. An empty one says nothing.
#[derive(Clone, Default)]
pub struct Environment {
    /// `$KUBECONFIG`: a list of files.
    pub kubeconfig: Option<OsString>,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// Whether the process runs in a pod, with a service account.
    pub in_cluster: bool,
    /// The proxy for https servers.
    pub https_proxy: Option<String>,
    /// The proxy for http servers.
    pub http_proxy: Option<String>,
    /// The hosts that are reached without a proxy.
    pub no_proxy: Option<String>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let either = |upper: &str, lower: &str| std::env::var(upper).or_else(|_| std::env::var(lower)).ok();
        Environment {
            kubeconfig: std::env::var_os("KUBECONFIG"),
            home: std::env::home_dir(),
            in_cluster: std::env::var_os("KUBERNETES_SERVICE_HOST").is_some(),
            https_proxy: either("HTTPS_PROXY", "https_proxy"),
            http_proxy: either("HTTP_PROXY", "http_proxy"),
            no_proxy: either("NO_PROXY", "no_proxy"),
        }
    }
}

impl fmt::Debug for Environment {
    /// Without the proxies, whose addresses may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Environment")
            .field("kubeconfig", &self.kubeconfig)
            .field("home", &self.home)
            .field("in_cluster", &self.in_cluster)
            .finish_non_exhaustive()
    }
}

/// How long to wait for what. A watch, once it is answered, has no limit: that is its reader's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection, with its TLS handshake.
    pub connect: Duration,
    /// For the head of an answer.
    pub head: Duration,
    /// For the next bytes of a body that is read as a whole.
    pub idle: Duration,
    /// For a credential plugin; long enough for a person to sign in with a browser.
    pub plugin: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(5),
            head: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            plugin: Duration::from_secs(120),
        }
    }
}

/// One context of one kubeconfig. Cloning shares it.
#[derive(Clone)]
pub struct Connection(Arc<Context>);

struct Context {
    name: Symbol,
    namespace: Option<String>,
    contexts: Vec<String>,
    transport: Transport,
    credentials: Arc<Credentials>,
}

impl Connection {
    /// Reads the kubeconfig; asks no server, and runs no plugin.
    ///
    /// # Errors
    /// When there is no kubeconfig, no such context, or something in it can't be used.
    pub fn open(options: ConnectionOptions) -> Result<Connection, ConnectionError> {
        let target = locate(&options)?;
        let ConnectionOptions { namespace, limits, clock, .. } = options;
        let mut config = target.config;
        config.connect_timeout = Some(limits.connect);
        // A watch is silent for long, and kube would count that.
        config.read_timeout = None;
        // kube's own retries don't look at the method.
        config.default_retry = false;
        let url = without_user(&config.cluster_url.to_string());
        let server: Arc<str> = Arc::from(url.trim_end_matches('/'));
        let credentials =
            Credentials::new(Arc::clone(&server), config, target.source, clock.clone(), limits.plugin);
        let transport = Transport::new(server, Arc::clone(&credentials), limits, clock);
        Ok(Connection(Arc::new(Context {
            name: Symbol::from(target.context),
            namespace: namespace.or(target.namespace),
            contexts: target.contexts,
            transport,
            credentials,
        })))
    }

    /// Every context of the kubeconfig; in a pod, the one there is.
    pub fn contexts(&self) -> &[String] {
        &self.0.contexts
    }

    /// The context's name; `in-cluster` in a pod.
    pub fn context(&self) -> &Symbol {
        &self.0.name
    }

    /// The server's URL, for messages.
    pub fn server(&self) -> &str {
        self.0.transport.server()
    }

    /// The namespace of the options or of the context, where one is named.
    pub fn default_namespace(&self) -> Option<&str> {
        self.0.namespace.as_deref()
    }

    /// What may be asked.
    pub fn reader(&self) -> Reader {
        Reader::new(self.0.transport.clone())
    }

    /// What may be changed.
    pub fn writer(&self) -> Writer {
        Writer::new(self.0.transport.clone(), Symbol::clone(&self.0.name))
    }

    /// Whether a credential plugin waits for a person, and the way to let them sign in.
    pub fn sign_in(&self) -> SignIn {
        SignIn::new(Arc::clone(&self.0.credentials))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("context", &self.0.name)
            .field("server", &self.server())
            .field("namespace", &self.0.namespace)
            .finish_non_exhaustive()
    }
}
