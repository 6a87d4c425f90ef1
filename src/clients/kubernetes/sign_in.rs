//! Handing a credential plugin that wants a person over to the console.

use std::fmt;
use std::process::{Command, Output};
use std::sync::Arc;

use tokio::sync::watch;

use super::credentials::Credentials;
use super::error::ApiError;

/// What a credential plugin is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SignInState {
    /// Nothing, or there is none.
    #[default]
    Idle,
    /// It runs, and may be waiting for a browser.
    Running {
        /// The plugin's name.
        plugin: String,
        /// The last line that it said; empty when it said nothing.
        said: String,
    },
    /// It wants a person: requests fail until somebody signs in, or a later run succeeds.
    Wanted {
        /// The plugin's name.
        plugin: String,
        /// Why.
        reason: String,
    },
    /// It can't be run, or what it answers is no credential; nobody can sign in until that is put right.
    Broken {
        /// The plugin's name.
        plugin: String,
        /// What is wrong.
        reason: String,
    },
}

/// The way to sign in, and whether it is wanted. Each clone follows the state on its own.
#[derive(Clone)]
pub struct SignIn {
    credentials: Arc<Credentials>,
    states: watch::Receiver<SignInState>,
}

impl SignIn {
    pub(super) fn new(credentials: Arc<Credentials>) -> Self {
        SignIn { states: credentials.states(), credentials }
    }

    /// What the plugin is doing now.
    pub fn state(&self) -> SignInState {
        self.states.borrow().clone()
    }

    /// Waits until the state is another than when this clone last looked here, and gives it.
    pub async fn changed(&mut self) -> SignInState {
        // The sender lives as long as the credentials that are held here.
        if self.states.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        self.states.borrow_and_update().clone()
    }

    /// The plugin, ready to be run on the terminal: it reads the terminal and writes errors to it; its standard output is
    /// a pipe, and goes to [`SignIn::complete`]. `None` where the credential comes from no plugin.
    pub fn interactive_command(&self) -> Option<Command> {
        self.credentials.interactive_command()
    }

    /// Takes what the plugin issued; from now on requests use it.
    ///
    /// # Errors
    /// When it failed, or answered something else than a credential.
    pub fn complete(&self, output: &Output) -> Result<(), ApiError> {
        self.credentials.accept(output)
    }

    /// Lets the next request run the plugin again at once, although it failed a moment ago.
    pub fn retry(&self) {
        self.credentials.forget_failure();
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SignIn").field(&self.state()).finish()
    }
}
