//! What a pod's volumes and environment need, and the words for what is missing.

use k8s_pb::api::core::v1::{
    ConfigMap, Container, PersistentVolumeClaim, Pod, PodSpec, Secret, Volume, VolumeProjection,
};

use crate::demo::store::{Key, Kind, Store};

/// The bundle of authorities that is put into every namespace by itself.
const ROOT_AUTHORITIES: &str = "kube-root-ca.crt";

/// A config map or a secret, and the keys of it that are used.
struct Source<'a> {
    secret: bool,
    name: &'a str,
    keys: Vec<&'a str>,
    optional: bool,
}

/// The first volume that can't be mounted: its name, and why.
pub fn unmountable(pod: &Pod, store: &Store) -> Option<(String, String)> {
    let namespace = pod.metadata.as_ref().and_then(|it| it.namespace.as_deref()).unwrap_or_default();
    let volumes = pod.spec.iter().flat_map(|spec| &spec.volumes);
    volumes.flat_map(|volume| sources(volume).into_iter().map(move |source| (volume, source))).find_map(
        |(volume, source)| {
            let why = lacks(&source, namespace, store)?;
            Some((volume.name.clone().unwrap_or_default(), why))
        },
    )
}

/// A claim of the pod's volumes that isn't bound, and why it can't be used.
pub fn unbound_claim(spec: &PodSpec, namespace: &str, store: &Store) -> Option<(String, String)> {
    spec.volumes.iter().find_map(|volume| {
        let claim = volume.volume_source.as_ref()?.persistent_volume_claim.as_ref()?.claim_name.as_deref()?;
        let found = store.read::<PersistentVolumeClaim>(&Key::new(namespace, claim));
        let why = match found {
            None => {
                format!("error getting PVC from API server: persistentvolumeclaims \"{claim}\" not found")
            }
            Some(found) if found.spec.as_ref().is_none_or(|spec| spec.volume_name.is_none()) => {
                "PVC is not bound".to_owned()
            }
            Some(_) => return None,
        };
        Some((volume.name.clone().unwrap_or_default(), why))
    })
}

fn sources(volume: &Volume) -> Vec<Source<'_>> {
    let Some(source) = &volume.volume_source else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(map) = &source.config_map {
        found.push(Source {
            secret: false,
            name: map.local_object_reference.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default(),
            keys: map.items.iter().filter_map(|item| item.key.as_deref()).collect(),
            optional: map.optional.unwrap_or(false),
        });
    }
    if let Some(secret) = &source.secret {
        found.push(Source {
            secret: true,
            name: secret.secret_name.as_deref().unwrap_or_default(),
            keys: secret.items.iter().filter_map(|item| item.key.as_deref()).collect(),
            optional: secret.optional.unwrap_or(false),
        });
    }
    found.extend(source.projected.iter().flat_map(|it| &it.sources).flat_map(projected));
    found
}

fn projected(projection: &VolumeProjection) -> Vec<Source<'_>> {
    let map = projection.config_map.as_ref().map(|map| Source {
        secret: false,
        name: map.local_object_reference.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default(),
        keys: map.items.iter().filter_map(|item| item.key.as_deref()).collect(),
        optional: map.optional.unwrap_or(false),
    });
    let secret = projection.secret.as_ref().map(|secret| Source {
        secret: true,
        name: secret.local_object_reference.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default(),
        keys: secret.items.iter().filter_map(|item| item.key.as_deref()).collect(),
        optional: secret.optional.unwrap_or(false),
    });
    map.into_iter().chain(secret).collect()
}

/// Why a source can't be used; `None` where it can.
fn lacks(source: &Source<'_>, namespace: &str, store: &Store) -> Option<String> {
    if source.optional || source.name == ROOT_AUTHORITIES {
        return None;
    }
    let (kind, word) = if source.secret { (Kind::Secret, "secret") } else { (Kind::ConfigMap, "configmap") };
    let key = Key::new(namespace, source.name);
    if store.get(kind, &key).is_none() {
        return Some(format!("{word} \"{}\" not found", source.name));
    }
    if source.keys.is_empty() {
        return None;
    }
    let has = keys_of(source.secret, &key, store);
    let missing = source.keys.iter().find(|wanted| !has.iter().any(|key| key == *wanted))?;
    Some(match source.secret {
        true => format!("references non-existent secret key: {missing}"),
        false => format!("configmap references non-existent config key: {missing}"),
    })
}

fn keys_of(secret: bool, key: &Key, store: &Store) -> Vec<String> {
    if secret {
        let secret = store.read::<Secret>(key).unwrap_or_default();
        return secret.data.into_keys().chain(secret.string_data.into_keys()).collect();
    }
    let map = store.read::<ConfigMap>(key).unwrap_or_default();
    map.data.into_keys().chain(map.binary_data.into_keys()).collect()
}

/// Why a container's environment can't be made; `None` where it can.
pub fn unset_variable(container: &Container, namespace: &str, store: &Store) -> Option<String> {
    for from in &container.env_from {
        let map = from.config_map_ref.as_ref().map(|it| (false, &it.local_object_reference, it.optional));
        let secret = from.secret_ref.as_ref().map(|it| (true, &it.local_object_reference, it.optional));
        for (secret, reference, optional) in map.into_iter().chain(secret) {
            let name = reference.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
            let source = Source { secret, name, keys: Vec::new(), optional: optional.unwrap_or(false) };
            if let Some(why) = lacks(&source, namespace, store) {
                return Some(why);
            }
        }
    }
    let values = container.env.iter().filter_map(|variable| variable.value_from.as_ref());
    values
        .filter_map(|from| {
            let map = from
                .config_map_key_ref
                .as_ref()
                .map(|it| (false, &it.local_object_reference, &it.key, it.optional));
            let secret = from
                .secret_key_ref
                .as_ref()
                .map(|it| (true, &it.local_object_reference, &it.key, it.optional));
            let (secret, reference, key, optional) = map.or(secret)?;
            let name = reference.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
            if optional.unwrap_or(false) {
                return None;
            }
            let whole = Source { secret, name, keys: Vec::new(), optional: false };
            if let Some(why) = lacks(&whole, namespace, store) {
                return Some(why);
            }
            let key = key.as_deref().unwrap_or_default();
            let has = keys_of(secret, &Key::new(namespace, name), store).iter().any(|it| it == key);
            let word = if secret { "Secret" } else { "ConfigMap" };
            (!has).then(|| format!("couldn't find key {key} in {word} {namespace}/{name}"))
        })
        .next()
}
