//! The images on the nodes, and what pulling one takes.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::demo::random::{Random, digest, fnv};

/// The images that each node has.
#[derive(Debug, Default)]
pub struct Images {
    /// By node, the hashes of the images' names.
    nodes: FxHashMap<Box<str>, FxHashSet<u64>>,
    names: FxHashMap<u64, Box<str>>,
}

/// Why an image can't be pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullError(pub String);

impl Images {
    /// Whether the node has the image.
    pub fn has(&self, node: &str, image: &str) -> bool {
        self.nodes.get(node).is_some_and(|images| images.contains(&fnv(image.as_bytes())))
    }

    /// The node has the image from now on.
    pub fn add(&mut self, node: &str, image: &str) {
        let hash = fnv(image.as_bytes());
        self.names.entry(hash).or_insert_with(|| image.into());
        match self.nodes.get_mut(node) {
            Some(images) => drop(images.insert(hash)),
            None => drop(self.nodes.insert(node.into(), FxHashSet::from_iter([hash]))),
        }
    }

    /// The images of a node, in no order: their names as the runtime lists them, and their sizes in bytes.
    pub fn on(&self, node: &str) -> Vec<(Vec<String>, i64)> {
        let hashes = self.nodes.get(node).into_iter().flatten();
        hashes.filter_map(|hash| self.names.get(hash)).map(|image| (listed(image), size(image))).collect()
    }
}

/// The names of an image as a node's status has them: by its digest, and by its tag.
fn listed(image: &str) -> Vec<String> {
    let name = full_name(image);
    vec![image_id(image), name]
}

/// The image's id: its repository, and the digest of its content.
pub fn image_id(image: &str) -> String {
    let name = full_name(image);
    match name.split_once('@') {
        Some(_) => name,
        None => format!("{}@sha256:{}", repository(&name), digest(&name)),
    }
}

/// The size of an image in bytes: nobody knows it, so its name decides, once for all its tags.
pub fn size(image: &str) -> i64 {
    let repository = repository(image);
    let hash = Random::new(fnv(repository.as_bytes())).below(1 << 20) as i64;
    if repository.ends_with("/pause") {
        320_368
    } else {
        12_000_000 + hash * 260 + fnv(image.as_bytes()) as i64 % 50_000
    }
}

/// How long pulling the image takes, in milliseconds.
pub fn pull_time(image: &str, random: &mut Random) -> i64 {
    350 + size(image) / 90_000 + random.between(0, 400)
}

/// The image without tag and digest.
pub fn repository(image: &str) -> &str {
    let path = image.split('@').next().unwrap_or(image);
    match path.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => path,
    }
}

/// The image as the runtime names it, with registry and tag: `nginx` is `docker.io/library/nginx:latest`.
pub fn full_name(image: &str) -> String {
    let first = image.split('/').next().unwrap_or_default();
    let mut name = match image.contains('/') {
        true if first.contains(['.', ':']) || first == "localhost" => image.to_owned(),
        true => format!("docker.io/{image}"),
        false => format!("docker.io/library/{image}"),
    };
    if !image.contains('@') && repository(image) == image {
        name.push_str(":latest");
    }
    name
}

/// Whether the name is one that an image can have.
pub fn is_valid(image: &str) -> bool {
    let repository = repository(image);
    !repository.is_empty()
        && repository
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "./:-_".contains(letter))
        && !repository.starts_with(['/', '-', '.'])
}

/// Whether an image is pulled even where the node has it, by default.
pub fn is_floating(image: &str) -> bool {
    !image.contains('@') && (repository(image) == image || image.ends_with(":latest"))
}

/// The error for an image that its registry doesn't have.
pub fn not_found(image: &str) -> PullError {
    let name = full_name(image);
    PullError(format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {name}: not found"
    ))
}

/// The error for an image that its registry refuses to give.
pub fn unauthorized(image: &str) -> PullError {
    let name = full_name(image);
    let (registry, path) = name.split_once('/').unwrap_or(("docker.io", &name));
    let (path, _) = path.rsplit_once(':').unwrap_or((path, "latest"));
    PullError(format!(
        "rpc error: code = Unknown desc = failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://{registry}/jwt/auth?scope=repository%3A{path}%3Apull: 403 Forbidden"
    ))
}

/// The error for an image whose registry's name doesn't resolve, as reserved names never do; `None` for any other.
pub fn unreachable(image: &str) -> Option<PullError> {
    let name = full_name(image);
    let (registry, path) = name.split_once('/')?;
    let host = registry.split(':').next().unwrap_or(registry);
    let reserved = [".invalid", ".test", ".example"].iter().any(|end| host.ends_with(end));
    let (path, tag) = path.rsplit_once(':').unwrap_or((path, "latest"));
    reserved.then(|| {
        PullError(format!(
            "rpc error: code = Unknown desc = failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": failed to do request: Head \"https://{registry}/v2/{path}/manifests/{tag}\": dial tcp: lookup {host}: no such host"
        ))
    })
}
