//! Whose token it is.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::service_accounts::{AUDIENCE, Claims, Issuer, TokenError};
use super::users::{DemoUser, UserInfo};
use crate::demo::store::Store;
use crate::platform::time::Instant;

/// The tokens of the built-in users, and those that were given out to service accounts. Cloning shares them.
#[derive(Clone)]
pub struct Credentials {
    users: Arc<HashMap<String, DemoUser>>,
    issuer: Arc<OnceLock<Option<Issuer>>>,
}

// What is secret doesn't get into a log.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").field("users", &self.users.len()).finish_non_exhaustive()
    }
}

impl Credentials {
    /// These tokens.
    pub fn new(tokens: impl IntoIterator<Item = (String, DemoUser)>) -> Self {
        Credentials { users: Arc::new(tokens.into_iter().collect()), issuer: Arc::default() }
    }

    /// The token of a built-in user.
    pub fn token(&self, user: DemoUser) -> Option<&str> {
        self.users.iter().find(|(_, owner)| **owner == user).map(|(token, _)| token.as_str())
    }

    /// Whose token it is, for one of these audiences, and for which of them.
    ///
    /// # Errors
    /// When it is nobody's, no longer holds, or is for others.
    pub fn holder(
        &self,
        token: &str,
        audiences: &[String],
        store: &Store,
        now: Instant,
    ) -> Result<(UserInfo, Vec<String>), TokenError> {
        if let Some(user) = self.users.get(token) {
            let own: Vec<String> = audiences.iter().filter(|it| *it == AUDIENCE).cloned().collect();
            return if own.is_empty() { Err(TokenError::Unknown) } else { Ok((user.info(), own)) };
        }
        self.issuer()?.read(token)?.holder(store, now, audiences)
    }

    /// Gives out a token of a service account.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn issue(&self, claims: &Claims) -> Result<String, TokenError> {
        self.issuer()?.sign(claims)
    }

    /// An identifier of a token that is to be given out: a random UUID.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn identifier(&self) -> Result<String, TokenError> {
        let mut bytes = [0; 16];
        let random = rustls::crypto::ring::default_provider().secure_random;
        random.fill(&mut bytes).map_err(|_| TokenError::NoKey)?;
        let version = 0x4000 | u128::from_be_bytes(bytes) >> 64 & 0x0fff;
        let hex = format!("{:032x}", u128::from_be_bytes(bytes));
        let parts =
            [&hex[..8], &hex[8..12], &format!("{version:04x}"), &format!("8{}", &hex[17..20]), &hex[20..]];
        Ok(parts.join("-"))
    }

    fn issuer(&self) -> Result<&Issuer, TokenError> {
        self.issuer.get_or_init(Issuer::make).as_ref().ok_or(TokenError::NoKey)
    }
}
