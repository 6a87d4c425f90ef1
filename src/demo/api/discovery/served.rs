//! What is served under each group and version: kinds of objects, reviews, and the metrics API.

use rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;

use base64::Engine as _;

use crate::demo::api::metrics;
use crate::demo::api::reviews::REVIEWS;
use crate::demo::store::{Kind, KindInfo, Kinds};

/// A group, and its versions with the preferred one first.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name; empty for the core.
    pub name: String,
    /// Its versions.
    pub versions: Vec<String>,
}

/// The groups in the order of their first kinds.
pub fn groups(kinds: &Kinds) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let objects = kinds.served().iter().map(|kind| (&*kind.group, &*kind.version));
    let reviews = REVIEWS.iter().map(|review| (review.group, "v1"));
    for (group, version) in objects.chain(reviews).chain([(metrics::GROUP, metrics::VERSION)]) {
        let known = groups.iter().position(|known| known.name == group);
        let place = known.unwrap_or_else(|| {
            groups.push(Group { name: group.to_owned(), versions: Vec::new() });
            groups.len() - 1
        });
        let versions = &mut groups[place].versions;
        if !versions.iter().any(|known| known == version) {
            versions.push(version.to_owned());
        }
    }
    groups
}

/// What discovery says of one kind.
#[derive(Debug)]
pub struct Resource {
    /// Its name in paths.
    pub plural: String,
    /// Its name for one.
    pub singular: String,
    /// The kind's name.
    pub kind: String,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
    /// What can be done with them.
    pub verbs: Vec<&'static str>,
    /// Its short names.
    pub short: Vec<String>,
    /// Its categories.
    pub categories: Vec<String>,
    /// The hash of the version in which its objects are kept, where there are any.
    pub hash: Option<String>,
    /// Its subresources.
    pub subresources: Vec<Subresource>,
}

/// What discovery says of a subresource.
#[derive(Debug)]
pub struct Subresource {
    /// Its name.
    pub name: &'static str,
    /// Group and version of what it takes, where they differ from the kind's.
    pub of: Option<(&'static str, &'static str)>,
    /// The kind of what it takes.
    pub kind: String,
    /// What can be done with it.
    pub verbs: &'static [&'static str],
}

/// What is served under a group and version, in alphabetical order.
pub fn resources(kinds: &Kinds, group: &str, version: &str) -> Vec<Resource> {
    let served = kinds.served().iter().filter(|kind| kind.group == group && kind.version == version);
    let mut resources: Vec<Resource> = served.map(|kind| of_kind(kinds, kind)).collect();
    let reviews =
        REVIEWS.iter().filter(|it| it.group == group && version == "v1" && it.subresource.is_empty());
    resources.extend(reviews.map(|review| {
        let singular = review.name.to_lowercase();
        plain(review.plural, &singular, review.name, review.namespaced, &["create"])
    }));
    if (group, version) == (metrics::GROUP, metrics::VERSION) {
        let measured = metrics::KINDS.iter();
        resources.extend(
            measured.map(|(plural, kind, namespaced)| plain(plural, "", kind, *namespaced, &["get", "list"])),
        );
    }
    resources.sort_by(|one, other| one.plural.cmp(&other.plural));
    resources
}

fn plain(plural: &str, singular: &str, kind: &str, namespaced: bool, verbs: &[&'static str]) -> Resource {
    Resource {
        plural: plural.to_owned(),
        singular: singular.to_owned(),
        kind: kind.to_owned(),
        namespaced,
        verbs: verbs.to_vec(),
        short: Vec::new(),
        categories: Vec::new(),
        hash: None,
        subresources: Vec::new(),
    }
}

fn of_kind(kinds: &Kinds, kind: &KindInfo) -> Resource {
    let owned = |names: &[std::borrow::Cow<'static, str>]| names.iter().map(|it| it.to_string()).collect();
    let stored = kinds.of(kind.stored).map_or(kind, |stored| &**stored);
    Resource {
        plural: kind.plural.to_string(),
        singular: kind.singular.to_string(),
        kind: kind.name.to_string(),
        namespaced: kind.namespaced,
        verbs: kind.verbs().to_vec(),
        short: owned(&kind.short),
        categories: owned(&kind.categories),
        hash: Some(storage_hash(stored)),
        subresources: subresources(kind),
    }
}

const READ_AND_WRITE: &[&str] = &["get", "patch", "update"];
const STREAM: &[&str] = &["create", "get"];
const PROXY: &[&str] = &["create", "delete", "get", "patch", "update"];

/// The subresources of a kind, in alphabetical order.
fn subresources(kind: &KindInfo) -> Vec<Subresource> {
    let own = |name, kind: &str, verbs| Subresource { name, of: None, kind: kind.to_owned(), verbs };
    let other = |name, of, kind: &str, verbs| Subresource { of: Some(of), ..own(name, kind, verbs) };
    let mut all = match kind.stored {
        Kind::Pod => vec![
            own("attach", "PodAttachOptions", STREAM),
            other("eviction", ("policy", "v1"), "Eviction", &["create"]),
            own("exec", "PodExecOptions", STREAM),
            own("log", "Pod", &["get"]),
            own("portforward", "PodPortForwardOptions", STREAM),
            own("proxy", "PodProxyOptions", PROXY),
        ],
        Kind::Node => vec![own("proxy", "NodeProxyOptions", PROXY)],
        Kind::Service => vec![own("proxy", "ServiceProxyOptions", PROXY)],
        Kind::Namespace => vec![own("finalize", "Namespace", &["update"])],
        _ => Vec::new(),
    };
    let reviews = REVIEWS.iter().filter(|it| !it.subresource.is_empty());
    for review in reviews.filter(|it| kind.group.is_empty() && it.plural == kind.plural) {
        let of = ("authentication.k8s.io", "v1");
        all.push(other(review.subresource, of, review.name, &["create"]));
    }
    let scale = kind.scale.then(|| other("scale", ("autoscaling", "v1"), "Scale", READ_AND_WRITE));
    let status = kind.status.then(|| own("status", &kind.name, READ_AND_WRITE));
    if kind.custom.is_some() {
        all.extend(status.into_iter().chain(scale));
    } else {
        all.extend(scale.into_iter().chain(status));
    }
    all
}

/// The hash by which clients see that objects are kept in another version: the first eight bytes of the SHA-256 of
/// `group/version/kind`, in base64.
fn storage_hash(stored: &KindInfo) -> String {
    let text = format!("{}/{}/{}", stored.group, stored.version, stored.name);
    let hash = TLS13_AES_128_GCM_SHA256.tls13().map(|suite| suite.common.hash_provider.hash(text.as_bytes()));
    let hash = hash.as_ref().map(AsRef::as_ref).unwrap_or_default();
    base64::engine::general_purpose::STANDARD.encode(hash.get(..8).unwrap_or_default())
}
