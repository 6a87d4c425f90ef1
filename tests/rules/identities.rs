//! Images, identities and the words for kinds.

use proptest::prelude::*;
use quarterdeck::picture::columns::{image_name, image_tag};
use quarterdeck::platform::object::{Kind, ObjectReference, Symbol, Uid};

#[test]
fn images_have_a_name_and_a_tag() {
    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let with = |image: &str| format!("{image}@{DIGEST}");
    for (image, name, tag) in [
        ("nginx", "nginx", ""),
        ("nginx:1.27", "nginx", "1.27"),
        ("library/nginx:1.27-alpine", "library/nginx", "1.27-alpine"),
        ("registry:5000/nginx", "registry:5000/nginx", ""),
        ("registry.example.com:5000/team/backend:v1", "registry.example.com:5000/team/backend", "v1"),
        (&with("nginx"), "nginx", "0123456789ab"),
        (&with("registry:5000/nginx"), "registry:5000/nginx", "0123456789ab"),
        (&with("registry:5000/nginx:1.27"), "registry:5000/nginx", "1.27"),
        ("nginx@sha256:abc", "nginx", "abc"),
        ("sha256:0123", "sha256", "0123"),
        ("nginx:", "nginx", ""),
        ("", "", ""),
    ] {
        assert_eq!((image_name(image), image_tag(image)), (name, tag), "{image}");
    }
}

#[test]
fn kinds_have_kubectls_words() {
    for (kind, words) in [
        (Kind::Namespace, ["Namespace", "namespaces", "ns"]),
        (Kind::Node, ["node", "nodes", "no"]),
        (Kind::Pod, ["pod", "PODS", "po"]),
        (Kind::Deployment, ["Deployment", "deployments", "deploy"]),
        (Kind::StatefulSet, ["statefulset", "StatefulSets", "sts"]),
        (Kind::DaemonSet, ["daemonset", "daemonsets", "ds"]),
        (Kind::ReplicaSet, ["replicaset", "replicasets", "rs"]),
        (Kind::HorizontalPodAutoscaler, ["horizontalpodautoscaler", "horizontalpodautoscalers", "hpa"]),
    ] {
        for word in words {
            assert_eq!(Kind::from_word(word), Some(kind), "{word}");
        }
        assert_eq!(Kind::from_word(kind.name()), Some(kind));
        assert_eq!(Kind::from_word(kind.resource()), Some(kind));
    }
    assert_eq!(Kind::from_word("deployment.apps"), None);
    assert_eq!(Kind::from_word(""), None);
}

#[test]
fn objects_have_a_path_and_a_name() {
    let reference = |kind, namespace: &str, name: &str| ObjectReference {
        cluster: Symbol::from("here"),
        kind,
        namespace: Symbol::from(namespace),
        name: Symbol::from(name),
        uid: None,
    };
    let deployment = reference(Kind::Deployment, "production", "backend-rust");
    assert_eq!(deployment.to_string(), "deployment/production/backend-rust");
    assert_eq!(deployment.path(), "/apis/apps/v1/namespaces/production/deployments/backend-rust");
    let node = reference(Kind::Node, "", "worker-1");
    assert_eq!(node.to_string(), "node/worker-1");
    assert_eq!(node.path(), "/api/v1/nodes/worker-1");
    let autoscaler = reference(Kind::HorizontalPodAutoscaler, "production", "backend-rust");
    let path = "/apis/autoscaling/v2/namespaces/production/horizontalpodautoscalers/backend-rust";
    assert_eq!(autoscaler.path(), path);
}

proptest! {
    #[test]
    fn a_uuid_survives(value: u128) {
        let uid = Uid(value);
        prop_assert_eq!(Uid::parse(&uid.to_string()), uid);
        prop_assert_eq!(Uid::parse(&uid.to_string().to_uppercase()), uid);
    }

    #[test]
    fn other_identities_still_identify(left in "[a-z0-9-]{0,40}", right in "[a-z0-9-]{0,40}") {
        prop_assert_eq!(left == right || Uid::parse(&left) != Uid::parse(&right), true);
    }

    #[test]
    fn no_image_is_beyond_reading(image in "[a-z:/@.é]{0,24}") {
        prop_assert!(image.starts_with(image_name(&image)));
        prop_assert!(image.contains(image_tag(&image)));
    }
}
