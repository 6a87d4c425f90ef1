//! Starts the embedded platform on threads of its own, and stops it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::GetRandomFailed;
use thiserror::Error;
use tokio::sync::oneshot;

use super::access::{Credentials, DemoUser};
use super::kubeconfig::{CONTEXT, kubeconfig};
use super::platform::DemoPlatform;
use super::reference::BuildError;
use super::scenarios::{DrillOrder, Scenario};
use super::tls::{Identity, TlsError, TlsListener};
use crate::platform::time::Clock;

/// What the embedded platform is to be.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// The number of pods to grow to; the reference platform's own where there is none or it has more.
    pub pods: Option<usize>,
    /// Decides every name and every chance; the same seed and clock give the same platform.
    pub seed: u64,
    /// Changes of pods a second that happen by themselves; 0 for a still platform.
    pub churn: f64,
    /// The time of everything on the platform. On a manual clock nothing happens until it is advanced.
    pub clock: Clock,
    /// Scenarios beside those that come with the program.
    pub scenarios: Vec<Scenario>,
    /// The drill to begin with.
    pub drill: Option<DrillOrder>,
    /// The user of the kubeconfig.
    pub user: DemoUser,
}

impl Default for DemoOptions {
    fn default() -> Self {
        DemoOptions {
            pods: None,
            seed: 1,
            churn: 1.0,
            clock: Clock::system(),
            scenarios: Vec::new(),
            drill: None,
            user: DemoUser::default(),
        }
    }
}

/// The embedded platform could not be started.
#[derive(Debug, Error)]
pub enum DemoError {
    /// No port, no thread, or a kubeconfig that can't be written.
    #[error("embedded platform: {0}")]
    Io(#[from] std::io::Error),
    /// The system gives no random bytes for the tokens.
    #[error("embedded platform: no random bytes for its tokens")]
    Random(GetRandomFailed),
    /// Its certificates can't be made.
    #[error("embedded platform: {0}")]
    Tls(#[from] TlsError),
    /// The platform itself can't be built.
    #[error("embedded platform: {0}")]
    Build(#[from] BuildError),
}

/// The running embedded platform. Dropping it stops it.
#[derive(Debug)]
pub struct DemoServer {
    url: String,
    authority: String,
    credentials: Credentials,
    user: DemoUser,
    token: String,
    stop: Option<oneshot::Sender<()>>,
}

impl DemoServer {
    /// Starts the platform on a free port of the loopback address. Returns as soon as that is bound; requests wait
    /// until the platform is built.
    pub async fn start(options: DemoOptions) -> Result<DemoServer, DemoError> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let mut tokens = Vec::new();
        for user in DemoUser::ALL {
            tokens.push((token()?, user));
        }
        let credentials = Credentials::new(tokens);
        let Identity { authority, config } = Identity::make()?;
        let user = options.user;
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("demo-platform")
            .enable_all()
            .build()?;
        let known = credentials.clone();
        std::thread::Builder::new().name("demo-platform".to_owned()).spawn(move || {
            if let Err(error) = runtime.block_on(serve(options, (listener, config), known, stopped)) {
                tracing::error!(%error, "the embedded platform has stopped");
            }
            // Watches have no end of their own.
            runtime.shutdown_background();
        })?;
        let token = credentials.token(user).unwrap_or_default().to_owned();
        let url = format!("https://127.0.0.1:{port}");
        Ok(DemoServer { url, authority, credentials, user, token, stop: Some(stop) })
    }

    /// The server's address, such as `https://127.0.0.1:40001`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The certificate of the authority that vouches for the server, in PEM. It is made anew at each start.
    pub fn certificate_authority(&self) -> &str {
        &self.authority
    }

    /// The token of the options' user.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The token of one of the built-in users.
    pub fn token_of(&self, user: DemoUser) -> &str {
        self.credentials.token(user).unwrap_or_default()
    }

    /// The name of the kubeconfig's context.
    pub fn context(&self) -> &str {
        CONTEXT
    }

    /// A kubeconfig for the options' user, as YAML.
    pub fn kubeconfig(&self) -> String {
        self.kubeconfig_for(self.user)
    }

    /// A kubeconfig for one of the built-in users, as YAML.
    pub fn kubeconfig_for(&self, user: DemoUser) -> String {
        kubeconfig(&self.url, &self.authority, self.token_of(user))
    }

    /// Writes the kubeconfig into a folder, readable by its owner alone; gives the file's path.
    pub fn write_kubeconfig(&self, folder: &Path) -> Result<PathBuf, DemoError> {
        let path = folder.join("demo-kubeconfig.yaml");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        // A file that was there before keeps its mode, so it has to go first.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        options.open(&path)?.write_all(self.kubeconfig().as_bytes())?;
        Ok(path)
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread is gone already where nobody listens.
            let _ = stop.send(());
        }
    }
}

/// Builds the platform, and serves it until it is stopped.
async fn serve(
    options: DemoOptions,
    (listener, config): (std::net::TcpListener, Arc<ServerConfig>),
    credentials: Credentials,
    stopped: oneshot::Receiver<()>,
) -> Result<(), DemoError> {
    let port = listener.local_addr()?.port();
    // Clients get their handshake while the platform is built, and wait for their answers alone.
    let listener = TlsListener::new(tokio::net::TcpListener::from_std(listener)?, config)?;
    let platform = DemoPlatform::build(&options, credentials, port)?;
    let at_work = platform.clone();
    tokio::spawn(async move { at_work.run().await });
    let server = axum::serve(listener, platform.router()).into_future();
    tokio::select! {
        result = server => result.map_err(DemoError::from),
        _ = stopped => Ok(()),
    }
}

/// A token that can't be guessed.
fn token() -> Result<String, DemoError> {
    let mut bytes = [0u8; 24];
    rustls::crypto::ring::default_provider().secure_random.fill(&mut bytes).map_err(DemoError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
