//! The present credential: obtained when first needed, renewed when it expires or is refused, by one caller at a time.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::{Either, select};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Notify, watch};

use super::error::ApiError;
use super::plugin::{Identity, Issued, Plugin, PluginFailure};
use super::sign_in::SignInState;
use super::text::presentable;
use crate::platform::time::{Clock, Instant};

/// How long a failed plugin is left alone, in milliseconds.
const RETRY_AFTER: i64 = 30_000;
/// How old a token that was read from a file may get, in milliseconds.
const TOKEN_FILE_AGE: i64 = 60_000;
/// How long before its end a credential is renewed at most, in milliseconds.
const MARGIN: i64 = 60_000;
/// How long a new credential is used at least, in milliseconds, whatever it says about its end.
const LEAST_AGE: i64 = 10_000;

/// Where the credential comes from.
pub(super) enum Source {
    /// The kubeconfig itself: a token, or what kube's client presents by itself.
    Fixed(Option<SecretString>),
    /// A file with a token, which somebody else renews.
    TokenFile(PathBuf),
    /// An exec credential plugin.
    Plugin(Box<Plugin>),
}

/// A client with the credential that it goes with.
pub(super) struct Session {
    /// The client; it holds the certificates.
    pub client: kube::Client,
    /// The bearer token, as a header that is marked as secret.
    pub authorization: Option<HeaderValue>,
    /// Which credential it is: later ones have higher numbers.
    pub generation: u64,
}

/// The credential of one context, and how it is renewed.
pub(super) struct Credentials {
    server: Arc<str>,
    config: kube::Config,
    source: Source,
    clock: Clock,
    plugin_limit: Duration,
    /// Held by the one caller that renews.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Told when a person has signed in, so that a run of the plugin that still hangs is given up.
    signed_in: Notify,
    announced: watch::Sender<SignInState>,
}

#[derive(Default)]
struct State {
    generation: u64,
    credential: Option<Credential>,
    session: Option<Arc<Session>>,
    /// The client without a certificate from a plugin; it keeps its connections when a token is renewed.
    plain_client: Option<kube::Client>,
    failure: Option<(Instant, ApiError)>,
}

#[derive(Clone)]
struct Credential {
    token: Option<SecretString>,
    identity: Option<Identity>,
    obtained: Instant,
    expires: Option<Instant>,
    renew_at: Option<Instant>,
    /// Whether it was obtained because the one before was refused.
    after_rejection: bool,
}

impl Credentials {
    pub fn new(
        server: Arc<str>,
        config: kube::Config,
        source: Source,
        clock: Clock,
        plugin_limit: Duration,
    ) -> Arc<Self> {
        let announced = watch::Sender::new(SignInState::Idle);
        let turn = tokio::sync::Mutex::new(());
        let state = Mutex::new(State::default());
        let signed_in = Notify::new();
        Arc::new(Credentials {
            server,
            config,
            source,
            clock,
            plugin_limit,
            turn,
            state,
            signed_in,
            announced,
        })
    }

    /// A session whose credential is good as far as is known.
    pub async fn session(self: &Arc<Self>) -> Result<Arc<Session>, ApiError> {
        match self.current(None) {
            Some(session) => Ok(session),
            None => self.obtain(None).await,
        }
    }

    /// A session with another credential than the one of that generation, which a server refused. `None` when there can be
    /// no other, or when the refused one itself is the answer to a refusal a moment ago.
    pub async fn after_rejection(
        self: &Arc<Self>,
        generation: u64,
    ) -> Result<Option<Arc<Session>>, ApiError> {
        if matches!(self.source, Source::Fixed(_)) || self.was_just_renewed(generation) {
            return Ok(None);
        }
        match self.current(Some(generation)) {
            Some(session) => Ok(Some(session)),
            None => self.obtain(Some(generation)).await.map(Some),
        }
    }

    pub fn states(&self) -> watch::Receiver<SignInState> {
        self.announced.subscribe()
    }

    pub fn interactive_command(&self) -> Option<Command> {
        match &self.source {
            Source::Plugin(plugin) => Some(plugin.interactive_command()),
            _ => None,
        }
    }

    /// Takes what a plugin issued to a person at the terminal.
    pub fn accept(&self, output: &Output) -> Result<(), ApiError> {
        let Source::Plugin(plugin) = &self.source else {
            return Err(ApiError::Refused("the credential of this context comes from no plugin".to_owned()));
        };
        match plugin.read(output) {
            Ok(issued) => {
                self.keep(Credential::issued(issued, self.clock.now(), false));
                self.signed_in.notify_waiters();
                self.announce(SignInState::Idle);
                Ok(())
            }
            Err(failure) => {
                self.announce_failure(plugin.name(), &failure);
                Err(self.unavailable(failure))
            }
        }
    }

    pub fn forget_failure(&self) {
        self.state().failure = None;
    }

    /// Obtains in a task of its own, so that a caller that goes away doesn't stop a plugin half-way.
    async fn obtain(self: &Arc<Self>, refused: Option<u64>) -> Result<Arc<Session>, ApiError> {
        let shared = Arc::clone(self);
        let task = tokio::spawn(async move { shared.obtain_in_turn(refused).await });
        task.await.unwrap_or_else(|error| {
            let cause = presentable(&error.to_string());
            Err(self.unavailable(PluginFailure { cause, sign_in: false }))
        })
    }

    async fn obtain_in_turn(&self, refused: Option<u64>) -> Result<Arc<Session>, ApiError> {
        let _turn = self.turn.lock().await;
        if let Some(session) = self.current(refused) {
            return Ok(session);
        }
        let signed_in = std::pin::pin!(self.signed_in.notified());
        if self.lacks_credential(refused) {
            let asking = std::pin::pin!(self.ask(refused.is_some()));
            match select(signed_in, asking).await {
                Either::Left(_) => {}
                Either::Right((credential, _)) => self.keep(credential?),
            }
        }
        self.begin_session().await
    }

    fn current(&self, refused: Option<u64>) -> Option<Arc<Session>> {
        let now = self.clock.now();
        let state = self.state();
        let session = state.session.as_ref().filter(|session| Some(session.generation) != refused)?;
        let due = state.credential.as_ref().is_none_or(|credential| credential.is_due(now));
        (!due).then(|| Arc::clone(session))
    }

    fn lacks_credential(&self, refused: Option<u64>) -> bool {
        let now = self.clock.now();
        let state = self.state();
        let refused = refused == Some(state.generation);
        refused || state.credential.as_ref().is_none_or(|credential| credential.is_due(now))
    }

    fn was_just_renewed(&self, generation: u64) -> bool {
        let now = self.clock.now();
        let state = self.state();
        state.generation == generation
            && state.credential.as_ref().is_some_and(|credential| {
                credential.after_rejection && now.since(credential.obtained) < RETRY_AFTER
            })
    }

    async fn ask(&self, after_rejection: bool) -> Result<Credential, ApiError> {
        let asked = match &self.source {
            Source::Fixed(token) => return Ok(Credential::fixed(token.clone(), self.clock.now())),
            Source::TokenFile(path) => self.read_token(path, after_rejection).await,
            Source::Plugin(plugin) => self.run_plugin(plugin, after_rejection).await,
        };
        // What is still good is used on when there is nothing newer.
        asked.or_else(|error| {
            let now = self.clock.now();
            let old = self.state().credential.clone().filter(|old| !after_rejection && !old.has_expired(now));
            old.map(|old| Credential { renew_at: Some(now.plus_millis(RETRY_AFTER)), ..old }).ok_or(error)
        })
    }

    async fn read_token(&self, path: &Path, after_rejection: bool) -> Result<Credential, ApiError> {
        let read = tokio::fs::read_to_string(path).await;
        let cause = match read.as_deref().map(str::trim) {
            Ok("") => format!("the token file {} is empty", path.display()),
            Ok(token) => {
                let now = self.clock.now();
                let renew_at = Some(now.plus_millis(TOKEN_FILE_AGE));
                let fixed = Credential::fixed(Some(SecretString::from(token)), now);
                return Ok(Credential { renew_at, after_rejection, ..fixed });
            }
            Err(error) => format!("the token file {} can't be read ({error})", path.display()),
        };
        Err(self.unavailable(PluginFailure { cause, sign_in: false }))
    }

    async fn run_plugin(&self, plugin: &Plugin, after_rejection: bool) -> Result<Credential, ApiError> {
        let now = self.clock.now();
        let failed = self.state().failure.clone();
        if let Some((_, error)) = failed.filter(|(at, _)| now.since(*at) < RETRY_AFTER) {
            return Err(error);
        }
        let name = plugin.name();
        let result = if plugin.needs_terminal() {
            let cause = format!("`{name}` signs in at the terminal only");
            Err(PluginFailure { cause, sign_in: true })
        } else {
            let running = |said: &str| {
                self.announce(SignInState::Running { plugin: name.clone(), said: said.to_owned() });
            };
            running("");
            plugin.run(self.plugin_limit, running).await
        };
        match result {
            Ok(issued) => {
                self.announce(SignInState::Idle);
                Ok(Credential::issued(issued, self.clock.now(), after_rejection))
            }
            Err(failure) => {
                self.announce_failure(name, &failure);
                let error = self.unavailable(failure);
                self.state().failure = Some((self.clock.now(), error.clone()));
                Err(error)
            }
        }
    }

    fn keep(&self, credential: Credential) {
        let mut state = self.state();
        state.generation += 1;
        state.credential = Some(credential);
        state.session = None;
        state.failure = None;
    }

    async fn begin_session(&self) -> Result<Arc<Session>, ApiError> {
        let (generation, credential, plain) = {
            let state = self.state();
            (state.generation, state.credential.clone(), state.plain_client.clone())
        };
        let (token, identity) =
            credential.map_or((None, None), |credential| (credential.token, credential.identity));
        let authorization = token.map(|token| self.header(&token)).transpose()?;
        let with_identity = identity.is_some();
        let client = match plain.filter(|_| !with_identity) {
            Some(client) => client,
            None => self.client(identity).await?,
        };
        let session = Arc::new(Session { client, authorization, generation });
        let mut state = self.state();
        if !with_identity {
            state.plain_client = Some(session.client.clone());
        }
        // Somebody may have signed in meanwhile; the next request then begins with that credential.
        if state.generation == generation {
            state.session = Some(Arc::clone(&session));
        }
        Ok(session)
    }

    fn header(&self, token: &SecretString) -> Result<HeaderValue, ApiError> {
        let value = SecretString::from(format!("Bearer {}", token.expose_secret()));
        let mut header = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
            let cause = "the token holds characters that no header may hold".to_owned();
            self.unavailable(PluginFailure { cause, sign_in: false })
        })?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// Makes a client away from the tasks that draw and read: certificates are read from files.
    async fn client(&self, identity: Option<Identity>) -> Result<kube::Client, ApiError> {
        let mut config = self.config.clone();
        if let Some(identity) = identity {
            let user = &mut config.auth_info;
            (user.client_certificate, user.client_key) = (None, None);
            user.client_certificate_data = Some(STANDARD.encode(identity.certificate));
            let key = STANDARD.encode(identity.key.expose_secret());
            user.client_key_data = Some(SecretString::from(key));
        }
        let made = tokio::task::spawn_blocking(move || {
            // It fails only where a provider is already installed, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
            kube::Client::try_from(config)
        });
        match made.await {
            Ok(client) => client.map_err(|error| ApiError::from_setup(&self.server, &error)),
            Err(error) => {
                let cause = presentable(&error.to_string());
                Err(self.unavailable(PluginFailure { cause, sign_in: false }))
            }
        }
    }

    fn unavailable(&self, failure: PluginFailure) -> ApiError {
        let PluginFailure { cause, sign_in } = failure;
        ApiError::Credential { server: self.server.to_string(), cause, sign_in }
    }

    /// A person is wanted only where one can help.
    fn announce_failure(&self, plugin: String, failure: &PluginFailure) {
        let reason = failure.cause.clone();
        self.announce(match failure.sign_in {
            true => SignInState::Wanted { plugin, reason },
            false => SignInState::Broken { plugin, reason },
        });
    }

    fn announce(&self, state: SignInState) {
        self.announced.send_if_modified(|present| {
            let news = *present != state;
            *present = state;
            news
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Credential {
    fn fixed(token: Option<SecretString>, now: Instant) -> Self {
        Credential {
            token,
            identity: None,
            obtained: now,
            expires: None,
            renew_at: None,
            after_rejection: false,
        }
    }

    fn issued(issued: Issued, now: Instant, after_rejection: bool) -> Self {
        let renew_at = issued.expires.map(|expires| {
            let margin = (expires.since(now) / 10).clamp(0, MARGIN);
            expires.plus_millis(-margin).max(now.plus_millis(LEAST_AGE))
        });
        Credential {
            token: issued.token,
            identity: issued.identity,
            obtained: now,
            expires: issued.expires,
            renew_at,
            after_rejection,
        }
    }

    fn is_due(&self, now: Instant) -> bool {
        self.renew_at.is_some_and(|at| now >= at)
    }

    fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|at| now >= at)
    }
}
