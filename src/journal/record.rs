//! The entries of the journal.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::platform::object::{Kind, ObjectReference, Symbol, Uid};
use crate::platform::time::Instant;

/// What joins an intent and its outcomes: unique across consoles and machines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IntentId(String);

impl IntentId {
    /// A fresh identity: the instant, so that they sort, and 64 random bits.
    pub fn fresh(at: Instant) -> Self {
        let random = RandomState::new().hash_one(at);
        IntentId(format!("{:012x}-{random:016x}", at.0))
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Who acts, from where, and as whom at the server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Actor {
    /// The name of the operating system's user.
    pub user: String,
    /// The machine that the console runs on.
    pub host: String,
    /// Where the session comes from (the first word of `SSH_CONNECTION`), for a console used over SSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Who the API server takes the person for; absent where it would not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_user: Option<String>,
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.user, self.host)?;
        if let Some(origin) = &self.origin {
            write!(formatter, " from {origin}")?;
        }
        match &self.server_user {
            Some(user) => write!(formatter, " as {user}"),
            None => Ok(()),
        }
    }
}

/// The object of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRecord {
    /// The kubeconfig context.
    pub cluster: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind, as Kubernetes spells it.
    pub kind: String,
    /// The namespace; empty for kinds that have none.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The identity, as the server writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

impl SubjectRecord {
    /// The record of an object, with the server's spelling of its identity.
    pub fn of(object: &ObjectReference, uid: Option<&str>) -> Self {
        SubjectRecord {
            cluster: object.cluster.to_string(),
            group: object.kind.group().to_owned(),
            kind: object.kind.name().to_owned(),
            namespace: object.namespace.to_string(),
            name: object.name.to_string(),
            uid: uid.map(str::to_owned),
        }
    }

    /// The object, where the console knows its kind.
    pub fn object(&self) -> Option<ObjectReference> {
        Some(ObjectReference {
            cluster: Symbol::from(self.cluster.as_str()),
            kind: Kind::from_word(&self.kind)?,
            namespace: Symbol::from(self.namespace.as_str()),
            name: Symbol::from(self.name.as_str()),
            uid: self.uid.as_deref().map(Uid::parse),
        })
    }

    /// Whether it names that object; identities count only where both are known.
    pub fn names(&self, object: &ObjectReference) -> bool {
        let same_identity = match (&self.uid, object.uid) {
            (Some(own), Some(other)) => Uid::parse(own) == other,
            _ => true,
        };
        same_identity
            && *self.cluster == *object.cluster
            && self.kind == object.kind.name()
            && *self.namespace == *object.namespace
            && *self.name == *object.name
    }
}

impl fmt::Display for SubjectRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/", self.kind.to_ascii_lowercase())?;
        if !self.namespace.is_empty() {
            write!(formatter, "{}/", self.namespace)?;
        }
        formatter.write_str(&self.name)
    }
}

/// One finding of the preflight, as the person saw it before answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreflightLine {
    /// What it is about.
    pub topic: String,
    /// How much it weighs.
    pub weight: String,
    /// What it says.
    pub text: String,
}

/// What is about to be applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The identity of the operation.
    pub id: IntentId,
    /// When it passed the gate.
    #[serde(with = "super::stamp")]
    pub at: Instant,
    /// Who asked for it.
    pub who: Actor,
    /// The kubeconfig context.
    pub context: String,
    /// The address of the server.
    pub server: String,
    /// The action's name.
    pub action: String,
    /// The action's arguments.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
    /// What it is applied to.
    pub subject: SubjectRecord,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The fields that it sets, as they were seen.
    #[serde(default)]
    pub before: BTreeMap<String, Value>,
    /// What the person was shown before answering.
    #[serde(default)]
    pub preflight: Vec<PreflightLine>,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The server took it; it was not, or not yet, followed to its end.
    Applied,
    /// What was wanted is there.
    Reached,
    /// The server took it, and what was wanted does not come about.
    Stuck,
    /// The server took it, and somebody else has set the same fields since.
    Overridden,
    /// The server did not take it; nothing was changed.
    Failed,
    /// The answer was lost: it may or may not have been taken.
    Unknown,
}

impl Verdict {
    /// The verdict in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Applied => "applied",
            Verdict::Reached => "reached",
            Verdict::Stuck => "stuck",
            Verdict::Overridden => "overridden",
            Verdict::Failed => "failed",
            Verdict::Unknown => "unknown",
        }
    }
}

/// How to put back what an operation changed: one field, as long as nobody else has set it since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// The object, with its identity.
    pub subject: SubjectRecord,
    /// The field, in words of the action: `replicas`.
    pub field: String,
    /// What the operation has set, which the field must still be.
    pub from: Value,
    /// What it was before.
    pub to: Value,
}

/// What came of an intent. An operation that is followed has several; the last one holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeRecord {
    /// The identity of the operation.
    pub id: IntentId,
    /// When.
    #[serde(with = "super::stamp")]
    pub at: Instant,
    /// How it ended.
    pub result: Verdict,
    /// In words.
    pub message: String,
    /// The fields that it has set, as they are now.
    #[serde(default)]
    pub after: BTreeMap<String, Value>,
    /// How to put them back, where that makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Entry {
    /// Something is about to be applied.
    Intent(Box<Intent>),
    /// What came of it.
    Outcome(Box<OutcomeRecord>),
}
