//! One exec credential plugin: how it is run, and how its answer is read.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::{Either, select};
use kube::config::{Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::text::presentable;
use crate::platform::time::Instant;

/// The most bytes of an answer that are read.
const LONGEST_ANSWER: u64 = 1024 * 1024;
/// The most bytes of what a plugin says that are kept.
const LONGEST_SPEECH: usize = 16 * 1024;
/// How long what a plugin said is waited for, once it has ended: a process that it left behind may keep the pipe open.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// An exec credential plugin, as the user's entry describes it. It has no `Debug`: its arguments may be secret.
pub(super) struct Plugin {
    command: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    api_version: String,
    install_hint: Option<String>,
    mode: ExecInteractiveMode,
    cluster: Option<ExecAuthCluster>,
}

/// What a plugin issued.
pub(super) struct Issued {
    /// A bearer token.
    pub token: Option<SecretString>,
    /// A client certificate with its key.
    pub identity: Option<Identity>,
    /// Until when it is good.
    pub expires: Option<Instant>,
}

/// A client certificate and its key, in PEM.
#[derive(Clone)]
pub(super) struct Identity {
    /// The certificate, with its chain.
    pub certificate: String,
    /// The key.
    pub key: SecretString,
}

/// Why a plugin issued nothing.
pub(super) struct PluginFailure {
    /// Why, fit for the screen.
    pub cause: String,
    /// Whether a person at the terminal can help.
    pub sign_in: bool,
}

impl PluginFailure {
    fn new(cause: String, sign_in: bool) -> Self {
        PluginFailure { cause, sign_in }
    }
}

impl Plugin {
    /// The plugin of a user's entry.
    ///
    /// # Errors
    /// When the entry names no command or version, or the cluster's authority, which the plugin wants, can't be read.
    pub fn new(entry: ExecConfig, cluster: &Cluster) -> Result<Plugin, String> {
        let command = entry.command.filter(|command| !command.is_empty());
        let Some(command) = command else { return Err("its user's exec plugin has no command".to_owned()) };
        let Some(api_version) = entry.api_version else {
            return Err(format!("its user's exec plugin `{command}` has no apiVersion"));
        };
        let told = if entry.provide_cluster_info {
            Some(ExecAuthCluster::try_from(cluster).map_err(|error| presentable(&error.to_string()))?)
        } else {
            None
        };
        let variable =
            |mut pair: HashMap<String, String>| Some((pair.remove("name")?, pair.remove("value")?));
        Ok(Plugin {
            command,
            arguments: entry.args.unwrap_or_default(),
            environment: entry.env.unwrap_or_default().into_iter().filter_map(variable).collect(),
            api_version,
            install_hint: entry.install_hint.filter(|hint| !hint.trim().is_empty()),
            mode: entry.interactive_mode.unwrap_or(ExecInteractiveMode::IfAvailable),
            cluster: told,
        })
    }

    /// The plugin's name, for messages.
    pub fn name(&self) -> String {
        let name = Path::new(&self.command).file_name().and_then(|name| name.to_str());
        presentable(name.unwrap_or(&self.command))
    }

    /// Whether it can't do without a person at the terminal.
    pub fn needs_terminal(&self) -> bool {
        self.mode == ExecInteractiveMode::Always
    }

    /// The plugin with the terminal as its input and error output; what it issues is caught.
    pub fn interactive_command(&self) -> Command {
        let interactive = self.mode != ExecInteractiveMode::Never;
        let mut command = self.command(interactive);
        let input = if interactive { Stdio::inherit() } else { Stdio::null() };
        command.stdin(input).stderr(Stdio::inherit()).stdout(Stdio::piped());
        command
    }

    /// Runs the plugin without a terminal; `said` hears the last line that it wrote to its error output.
    ///
    /// # Errors
    /// When it can't be started, fails, takes too long, or answers something else.
    pub async fn run(&self, limit: Duration, said: impl Fn(&str)) -> Result<Issued, PluginFailure> {
        let heard = Mutex::new(Vec::new());
        let Ok(ended) = timeout(limit, self.run_to_end(&heard, said)).await else {
            let cause = format!("`{}` took longer than {} s", self.name(), limit.as_secs_f32());
            return Err(PluginFailure::new(with_speech(cause, &heard), true));
        };
        let output = ended.map_err(|error| self.not_started(&error))?;
        self.read(&output)
    }

    /// Reads what a run of the plugin gave.
    ///
    /// # Errors
    /// When it failed, or answered something else than a credential.
    pub fn read(&self, output: &Output) -> Result<Issued, PluginFailure> {
        if !output.status.success() {
            let cause = format!("`{}` failed ({})", self.name(), output.status);
            return Err(PluginFailure::new(with_speech(cause, &Mutex::new(output.stderr.clone())), true));
        }
        self.issued(&output.stdout)
            .map_err(|why| PluginFailure::new(format!("`{}` {why}", self.name()), false))
    }

    async fn run_to_end(&self, heard: &Mutex<Vec<u8>>, said: impl Fn(&str)) -> std::io::Result<Output> {
        let mut command = self.command(false);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Out of the foreground group, so that it can't read the keys that the console waits for.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut command = tokio::process::Command::from(command);
        let mut child = command.kill_on_drop(true).spawn()?;
        let (output, speech) = (child.stdout.take(), child.stderr.take());

        let answering = async {
            let mut answer = Vec::new();
            if let Some(output) = output {
                output.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
            }
            Ok::<_, std::io::Error>((child.wait().await?, answer))
        };
        let listening = async {
            if let Some(speech) = speech {
                listen(speech, heard, said).await;
            }
        };
        let (status, stdout) = match select(Box::pin(answering), Box::pin(listening)).await {
            Either::Left((answered, listening)) => {
                // Nothing is lost but the last words of a process that was left behind.
                let _ = timeout(LAST_WORDS, listening).await;
                answered?
            }
            Either::Right(((), answering)) => answering.await?,
        };
        let stderr = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Output { status, stdout, stderr })
    }

    fn command(&self, interactive: bool) -> Command {
        let mut spec = serde_json::json!({ "interactive": interactive });
        if let Some(cluster) = &self.cluster {
            spec["cluster"] = serde_json::json!(cluster);
        }
        let told = serde_json::json!({
            "kind": "ExecCredential",
            "apiVersion": self.api_version,
            "spec": spec,
        });
        let mut command = Command::new(&self.command);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("KUBERNETES_EXEC_INFO", told.to_string());
        command
    }

    fn not_started(&self, error: &std::io::Error) -> PluginFailure {
        let name = self.name();
        let cause = if error.kind() == std::io::ErrorKind::NotFound {
            match &self.install_hint {
                Some(hint) => format!("the plugin `{name}` is not installed: {}", presentable(hint)),
                None => format!("the plugin `{name}` is not installed, or not on the PATH"),
            }
        } else {
            format!("the plugin `{name}` can't be started ({error})")
        };
        PluginFailure::new(cause, false)
    }

    /// The credential in an answer. What is wrong with one is told without quoting it.
    fn issued(&self, answer: &[u8]) -> Result<Issued, String> {
        let credential: ExecCredential = serde_json::from_slice(answer).map_err(|error| {
            format!("answered no ExecCredential (line {}, column {})", error.line(), error.column())
        })?;
        if credential.kind.as_deref().is_some_and(|kind| kind != "ExecCredential") {
            return Err("answered an object of another kind than ExecCredential".to_owned());
        }
        if credential.api_version.as_deref().is_some_and(|version| version != self.api_version) {
            return Err(format!("answered in another version than {}", presentable(&self.api_version)));
        }
        let status = credential.status.unwrap_or_default();
        let identity = match (status.client_certificate_data, status.client_key_data) {
            (Some(certificate), Some(key)) => Some(Identity { certificate, key: SecretString::from(key) }),
            (None, None) => None,
            _ => return Err("answered a certificate without its key, or a key alone".to_owned()),
        };
        let token = status.token.filter(|token| !token.is_empty()).map(SecretString::from);
        if token.is_none() && identity.is_none() {
            return Err("answered neither a token nor a certificate".to_owned());
        }
        let expires = match status.expiration_timestamp {
            Some(text) => Some(
                Instant::parse(&text).ok_or("answered an expirationTimestamp that is no time".to_owned())?,
            ),
            None => None,
        };
        Ok(Issued { token, identity, expires })
    }
}

/// Listens to an error output until it ends.
async fn listen(mut speech: impl AsyncRead + Unpin, heard: &Mutex<Vec<u8>>, said: impl Fn(&str)) {
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = speech.read(&mut chunk).await {
        let line = {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.extend_from_slice(&chunk[..length]);
            let excess = heard.len().saturating_sub(LONGEST_SPEECH);
            heard.drain(..excess);
            last_line(&heard)
        };
        said(&line);
    }
}

fn last_line(heard: &[u8]) -> String {
    let text = String::from_utf8_lossy(heard);
    presentable(text.trim_end().lines().next_back().unwrap_or_default())
}

fn with_speech(cause: String, heard: &Mutex<Vec<u8>>) -> String {
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&heard);
    // The end of what was said tells why; the beginning is often a banner.
    let start = text.char_indices().rev().nth(279).map_or(0, |(start, _)| start);
    match presentable(text.get(start..).unwrap_or_default()).as_str() {
        "" => cause,
        said => format!("{cause}: {said}"),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecCredential {
    api_version: Option<String>,
    kind: Option<String>,
    status: Option<ExecStatus>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct ExecStatus {
    expiration_timestamp: Option<String>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}
