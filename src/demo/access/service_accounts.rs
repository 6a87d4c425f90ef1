//! Tokens of service accounts: signed claims, as `TokenRequest` gives them out, which hold for as long as what they name is there.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use k8s_pb::api::core::v1::ServiceAccount;
use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};
use rustls::SupportedCipherSuite;
use rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
use rustls::pki_types::SignatureVerificationAlgorithm;
use rustls::pki_types::alg_id::{ECDSA_P256, ECDSA_SHA256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::signature;
use super::users::UserInfo;
use crate::demo::store::{Key, Kind, Store};
use crate::platform::time::Instant;

/// The issuer of the tokens, and the audience that the API server itself is.
pub const AUDIENCE: &str = "https://kubernetes.default.svc";

/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 60;

/// Why a token isn't given out or taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It isn't a token of this issuer.
    #[error("invalid bearer token")]
    Unknown,
    /// It is for others.
    #[error("[invalid bearer token, token audiences {has} is invalid for the target audiences {wanted}]")]
    Audience {
        /// The audiences that it is for.
        has: String,
        /// The audiences that were asked for.
        wanted: String,
    },
    /// It no longer holds, or doesn't hold yet.
    #[error("[invalid bearer token, {0}]")]
    Invalid(String),
    /// There is no key to sign with.
    #[error("failed to generate token: no key")]
    NoKey,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    aud: Vec<String>,
    exp: i64,
    iat: i64,
    iss: String,
    jti: String,
    #[serde(rename = "kubernetes.io")]
    about: About,
    nbf: i64,
    sub: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    namespace: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pod: Option<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<Named>,
    serviceaccount: Named,
}

/// An object by its name and uid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// What a token ends with, beside its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoundObject {
    /// A pod, and the node that it runs on.
    Pod(Named, Option<Named>),
    /// A secret.
    Secret(Named),
    /// A node.
    Node(Named),
}

impl Claims {
    /// What a token of a service account says that is given out now, and holds for so many seconds.
    pub fn new(
        account: &ServiceAccount,
        bound: Option<BoundObject>,
        audiences: Vec<String>,
        (now, seconds): (Instant, i64),
        identifier: String,
    ) -> Self {
        let metadata = account.metadata.clone().unwrap_or_default();
        let namespace = metadata.namespace.unwrap_or_default();
        let own = Named { name: metadata.name.unwrap_or_default(), uid: metadata.uid.unwrap_or_default() };
        let sub = super::users::service_account_name(&namespace, &own.name);
        let mut about = About { namespace, node: None, pod: None, secret: None, serviceaccount: own };
        match bound {
            Some(BoundObject::Pod(pod, node)) => (about.pod, about.node) = (Some(pod), node),
            Some(BoundObject::Secret(secret)) => about.secret = Some(secret),
            Some(BoundObject::Node(node)) => about.node = Some(node),
            None => {}
        }
        let (iat, iss) = (now.seconds(), AUDIENCE.to_owned());
        Claims { aud: audiences, exp: iat + seconds, iat, iss, jti: identifier, about, nbf: iat, sub }
    }

    /// Whose token it is, for one of these audiences, and for which of them.
    ///
    /// # Errors
    /// When it doesn't hold, is for others, or what it names is gone.
    pub fn holder(
        &self,
        store: &Store,
        now: Instant,
        audiences: &[String],
    ) -> Result<(UserInfo, Vec<String>), TokenError> {
        let invalid = |message: &str| Err(TokenError::Invalid(message.to_owned()));
        let for_them: Vec<String> = audiences.iter().filter(|it| self.aud.contains(it)).cloned().collect();
        if for_them.is_empty() {
            let (has, wanted) = (super::coverage::quoted(&self.aud), super::coverage::quoted(audiences));
            return Err(TokenError::Audience { has, wanted });
        }
        if now.seconds() > self.exp + LEEWAY {
            return invalid("service account token has expired");
        }
        if now.seconds() + LEEWAY < self.nbf {
            return invalid("service account token is not valid yet");
        }
        let About { namespace, node, pod, secret, serviceaccount } = &self.about;
        let uid = |kind, namespace: &str, name: &str| {
            store.get(kind, &Key::new(namespace, name)).map(|object| object.uid.clone())
        };
        match uid(Kind::ServiceAccount, namespace, &serviceaccount.name) {
            Some(uid) if *uid == *serviceaccount.uid => {}
            Some(uid) => {
                let claim = &serviceaccount.uid;
                return invalid(&format!("service account UID ({uid}) does not match claim ({claim})"));
            }
            None => return invalid(&format!("serviceaccounts \"{}\" not found", serviceaccount.name)),
        }
        let bound = [(Kind::Pod, pod), (Kind::Secret, secret), (Kind::Node, node)];
        for (kind, object) in bound {
            let Some(object) = object else { continue };
            let of = if kind == Kind::Node { "" } else { namespace };
            if uid(kind, of, &object.name).is_none_or(|uid| *uid != *object.uid) {
                return invalid("service account token has been invalidated");
            }
        }
        Ok((self.user(), for_them))
    }

    fn user(&self) -> UserInfo {
        let About { namespace, node, pod, serviceaccount, .. } = &self.about;
        let mut extra = BTreeMap::from([("credential-id", format!("JTI={}", self.jti))]);
        for (object, name, uid) in [(node, "node-name", "node-uid"), (pod, "pod-name", "pod-uid")] {
            if let Some(object) = object {
                extra.extend([(name, object.name.clone()), (uid, object.uid.clone())]);
            }
        }
        let key = |key: &str| format!("authentication.kubernetes.io/{key}");
        UserInfo {
            extra: extra.into_iter().map(|(name, value)| (key(name), vec![value])).collect(),
            ..UserInfo::service_account(namespace, &serviceaccount.name, &serviceaccount.uid)
        }
    }
}

/// Signs tokens, and knows its own again. Its key is made at the start and ends with the process.
#[derive(Debug)]
pub struct Issuer {
    key: KeyPair,
    identifier: String,
}

impl Issuer {
    /// An issuer with a new key; `None` where the system gives no random bytes.
    pub fn make() -> Option<Self> {
        let key = KeyPair::generate().ok()?;
        let SupportedCipherSuite::Tls13(suite) = TLS13_AES_128_GCM_SHA256 else { return None };
        let digest = suite.common.hash_provider.hash(&key.subject_public_key_info());
        Some(Issuer { identifier: URL_SAFE_NO_PAD.encode(digest.as_ref()), key })
    }

    /// The token that says it.
    ///
    /// # Errors
    /// When it can't be signed.
    pub fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let header = format!("{{\"alg\":\"ES256\",\"kid\":\"{}\"}}", self.identifier);
        let claims = serde_json::to_string(claims).map_err(|_| TokenError::NoKey)?;
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.key.sign(signed.as_bytes()).map_err(|_| TokenError::NoKey)?;
        let signature = signature::from_der(&signature).ok_or(TokenError::NoKey)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// What a token of this issuer says.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn read(&self, token: &str) -> Result<Claims, TokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Unknown)?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Unknown);
        let signature = signature::to_der(&decode(signature)?).ok_or(TokenError::Unknown)?;
        let algorithm = verification().ok_or(TokenError::NoKey)?;
        algorithm
            .verify_signature(self.key.public_key_raw(), signed.as_bytes(), &signature)
            .map_err(|_| TokenError::Unknown)?;
        let claims = signed.split_once('.').ok_or(TokenError::Unknown)?.1;
        serde_json::from_slice(&decode(claims)?).map_err(|_| TokenError::Unknown)
    }
}

fn verification() -> Option<&'static dyn SignatureVerificationAlgorithm> {
    let known = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    let wanted = |it: &&&'static dyn SignatureVerificationAlgorithm| {
        it.public_key_alg_id() == ECDSA_P256 && it.signature_alg_id() == ECDSA_SHA256
    };
    known.iter().find(wanted).copied()
}
