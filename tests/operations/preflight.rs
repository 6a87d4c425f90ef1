//! What the preflight finds out, and what it says when it can't.

use quarterdeck::operations::{Capacity, Preflight, Topic, Weight};
use serde_json::json;

use super::bench::{Bench, finding};
use super::server::{ALL_PODS, AUTOSCALERS, BUDGETS, DEPLOYMENT, NODES, QUOTAS, autoscaler, node};

fn says(preflight: &Preflight, topic: Topic, weight: Weight, words: &[&str]) {
    let finding = finding(preflight, topic);
    assert_eq!(finding.weight, weight, "{finding:?}");
    let all = format!("{} {}", finding.text, finding.advice.clone().unwrap_or_default());
    for word in words {
        assert!(all.contains(word), "`{word}` is missing in {all}");
    }
}

#[tokio::test]
async fn where_nothing_stands_against_it_everything_is_fine_and_said() {
    let bench = Bench::start(3).await;
    let preflight = bench.preflight(5).await;
    assert_eq!(preflight.headline(), "Scale deployment/production/backend-rust in demo from 3 to 5 replicas");
    let topics: Vec<Topic> = preflight.findings().iter().map(|finding| finding.topic).collect();
    assert_eq!(
        topics,
        [
            Topic::Replicas,
            Topic::Access,
            Topic::Owner,
            Topic::Autoscaler,
            Topic::Quota,
            Topic::Capacity,
            Topic::DisruptionBudget,
            Topic::DryRun,
            Topic::Environment,
        ]
    );
    assert!(preflight.findings().iter().all(|finding| finding.weight == Weight::Fine), "{preflight:?}");
    says(&preflight, Topic::Replicas, Weight::Fine, &["3 wanted and 3 ready now", "5 wanted after it"]);
    let change = &preflight.changes()[0];
    assert_eq!((change.before.as_str(), change.after.as_str()), ("3", "5"));
}

#[tokio::test]
async fn the_dry_run_tries_the_very_patch_and_persists_nothing() {
    let bench = Bench::start(3).await;
    bench.preflight(5).await;
    let mut world = bench.server.world();
    let tried: Vec<_> = world.requests.iter().filter(|(method, ..)| method == "PATCH").cloned().collect();
    assert_eq!(tried.len(), 1);
    assert!(tried[0].1.contains("dryRun=All"), "{}", tried[0].1);
    let patch: serde_json::Value = serde_json::from_str(&tried[0].2).unwrap();
    assert_eq!(patch[0]["path"], "/metadata/uid");
    assert_eq!(patch[1], json!({ "op": "test", "path": "/spec/replicas", "value": 3 }));
    assert_eq!(world.replicas(), 3);
}

#[tokio::test]
async fn an_admission_that_refuses_the_dry_run_blocks() {
    let bench = Bench::start(3).await;
    let message = "admission webhook \"freeze\" denied the request: change freeze until Monday";
    bench.server.world().errors.insert(format!("{DEPLOYMENT}/scale"), (403, message.to_owned()));
    says(&bench.preflight(5).await, Topic::DryRun, Weight::Blocking, &["change freeze until Monday"]);
}

#[tokio::test]
async fn an_autoscaler_is_named_with_what_it_will_do_and_what_to_do_instead() {
    let bench = Bench::start(3).await;
    bench.server.world().objects.insert(AUTOSCALERS.to_owned(), autoscaler(2, 10));
    let inside = bench.preflight(5).await;
    says(
        &inside,
        Topic::Autoscaler,
        Weight::Warning,
        &["backend (2–10)", "it wants 3 now", "raise its minReplicas to 5"],
    );
    let above = bench.preflight(12).await;
    says(
        &above,
        Topic::Autoscaler,
        Weight::Warning,
        &["back to 10 within seconds", "raise its maxReplicas to 12"],
    );
    let below = bench.preflight(1).await;
    says(
        &below,
        Topic::Autoscaler,
        Weight::Warning,
        &["back to 2 within seconds", "lower its minReplicas to 1"],
    );
    let none = bench.preflight(0).await;
    says(&none, Topic::Autoscaler, Weight::Warning, &["switched off by 0 replicas"]);
    says(&none, Topic::Replicas, Weight::Warning, &["takes the service down"]);
}

#[tokio::test]
async fn an_autoscaler_of_keda_points_to_its_scaled_object() {
    let bench = Bench::start(3).await;
    let mut autoscalers = autoscaler(2, 10);
    autoscalers["items"][0]["metadata"]["ownerReferences"] =
        json!([{ "kind": "ScaledObject", "name": "queue-backend", "controller": true }]);
    bench.server.world().objects.insert(AUTOSCALERS.to_owned(), autoscalers);
    says(&bench.preflight(5).await, Topic::Autoscaler, Weight::Warning, &["KEDA ScaledObject queue-backend"]);
}

#[tokio::test]
async fn an_autoscaler_of_another_kind_of_the_same_name_is_not_its_own() {
    let bench = Bench::start(3).await;
    let mut autoscalers = autoscaler(2, 10);
    autoscalers["items"][0]["spec"]["scaleTargetRef"]["kind"] = json!("StatefulSet");
    bench.server.world().objects.insert(AUTOSCALERS.to_owned(), autoscalers);
    says(&bench.preflight(5).await, Topic::Autoscaler, Weight::Fine, &[]);
}

fn quota(hard: serde_json::Value, used: serde_json::Value) -> serde_json::Value {
    json!({ "items": [{
        "metadata": { "name": "compute" }, "spec": { "hard": hard }, "status": { "hard": hard, "used": used },
    }] })
}

#[tokio::test]
async fn a_quota_that_leaves_too_little_room_says_for_how_many() {
    let bench = Bench::start(3).await;
    let tight = quota(
        json!({ "requests.cpu": "4", "limits.memory": "100Gi", "pods": "50" }),
        json!({ "requests.cpu": "3300m", "limits.memory": "1Gi", "pods": "6" }),
    );
    bench.server.world().objects.insert(QUOTAS.to_owned(), tight);
    let preflight = bench.preflight(5).await;
    says(
        &preflight,
        Topic::Quota,
        Weight::Warning,
        &[
            "compute leaves room for 1 of 2 additional pods",
            "requests.cpu is 3300m of 4",
            "one pod takes 500m",
        ],
    );
    says(&bench.preflight(4).await, Topic::Quota, Weight::Fine, &["room for 1 more"]);
    says(&bench.preflight(2).await, Topic::Quota, Weight::Fine, &["no additional pods"]);
}

#[tokio::test]
async fn a_quota_that_counts_what_the_pods_don_t_state_says_so() {
    let bench = Bench::start(3).await;
    let quota = quota(json!({ "limits.cpu": "40" }), json!({ "limits.cpu": "1" }));
    bench.server.world().objects.insert(QUOTAS.to_owned(), quota);
    bench.server.world().deployment()["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({});
    says(&bench.preflight(5).await, Topic::Quota, Weight::Warning, &["counts limits.cpu", "LimitRange"]);
}

#[tokio::test]
async fn every_item_of_a_quota_that_stands_in_the_way_is_named_the_binding_one_first() {
    let bench = Bench::start(3).await;
    let quota = quota(json!({ "pods": "4", "cpu": "1" }), json!({ "pods": "3", "cpu": "0" }));
    bench.server.world().objects.insert(QUOTAS.to_owned(), quota);
    bench.server.world().deployment()["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({});
    let preflight = bench.preflight(9).await;
    says(
        &preflight,
        Topic::Quota,
        Weight::Warning,
        &[
            "quota compute leaves room for 1 of 6 additional pods: pods is 3 of 4, one pod takes 1; quota",
            "counts cpu, and not every container states it",
            "add 1 at most; state cpu in the pod template",
        ],
    );
}

#[tokio::test]
async fn a_quota_that_has_not_been_counted_yet_is_not_guessed_at() {
    let bench = Bench::start(3).await;
    bench.server.world().objects.insert(QUOTAS.to_owned(), quota(json!({ "pods": "40" }), json!({})));
    let preflight = bench.preflight(50).await;
    says(&preflight, Topic::Quota, Weight::Unknown, &["has not counted pods yet"]);
    assert_eq!(finding(&preflight, Topic::Quota).advice, None);
}

#[tokio::test]
async fn a_quota_with_scopes_is_not_guessed_at() {
    let bench = Bench::start(3).await;
    let mut scoped = quota(json!({ "pods": "4" }), json!({ "pods": "4" }));
    scoped["items"][0]["spec"]["scopes"] = json!(["BestEffort"]);
    bench.server.world().objects.insert(QUOTAS.to_owned(), scoped);
    says(&bench.preflight(5).await, Topic::Quota, Weight::Unknown, &["unknown", "compute"]);
}

#[tokio::test]
async fn room_on_the_nodes_is_reckoned_node_by_node() {
    let mut bench = Bench::start(3).await;
    // Two nodes with 400m each make no room for a pod of 500m.
    let node = |cpu| quarterdeck::operations::NodeRoom {
        free_cpu_millis: cpu,
        free_memory_bytes: 1 << 33,
        free_pods: 9,
    };
    bench.services.capacity = Capacity::Known { nodes: vec![node(400), node(400), node(600)], live: true };
    let preflight = bench.preflight(5).await;
    says(&preflight, Topic::Capacity, Weight::Warning, &["room for 1 of 2 additional pods", "stay Pending"]);
    bench.services.capacity = Capacity::Known { nodes: vec![node(4000)], live: false };
    says(&bench.preflight(5).await, Topic::Capacity, Weight::Fine, &["room for 8 more", "not live"]);
}

#[tokio::test]
async fn room_on_the_nodes_is_added_up_where_there_is_no_picture() {
    let mut bench = Bench::start(3).await;
    bench.services.capacity = Capacity::Measure;
    let mut cordoned = node("worker-2");
    cordoned["spec"]["unschedulable"] = json!(true);
    let pod = json!({ "spec": { "nodeName": "worker-1", "containers": [
        { "name": "a", "resources": { "requests": { "cpu": "2800m", "memory": "1Gi" } } },
    ] } });
    bench.server.world().objects.insert(NODES.to_owned(), json!({ "items": [node("worker-1"), cordoned] }));
    bench.server.world().objects.insert(ALL_PODS.to_owned(), json!({ "items": [pod] }));
    says(&bench.preflight(5).await, Topic::Capacity, Weight::Fine, &["room for 2 more"]);
    says(&bench.preflight(6).await, Topic::Capacity, Weight::Warning, &["room for 2 of 3"]);
}

#[tokio::test]
async fn twenty_thousand_pods_are_added_up() {
    let mut bench = Bench::start(3).await;
    bench.services.capacity = Capacity::Measure;
    let nodes: Vec<_> = (0..400).map(|index| node(&format!("worker-{index}"))).collect();
    // Fifty pods on each node, one of which has ended: 4000m less 49 times 60m leave 1060m, room for two more.
    let pods: Vec<_> = (0..20_000)
        .map(|index| {
            let phase = if index < 400 { "Succeeded" } else { "Running" };
            json!({
                "spec": { "nodeName": format!("worker-{}", index % 400), "containers": [
                    { "name": "a", "resources": { "requests": { "cpu": "60m", "memory": "16Mi" } } },
                ] },
                "status": { "phase": phase },
            })
        })
        .collect();
    bench.server.world().objects.insert(NODES.to_owned(), json!({ "items": nodes }));
    bench.server.world().objects.insert(ALL_PODS.to_owned(), json!({ "items": pods }));
    says(&bench.preflight(5).await, Topic::Capacity, Weight::Fine, &["room for 800 more"]);
}

#[tokio::test]
async fn a_node_that_repels_pods_has_no_room() {
    let mut bench = Bench::start(3).await;
    bench.services.capacity = Capacity::Measure;
    let mut dedicated = node("worker-2");
    dedicated["spec"]["taints"] = json!([{ "key": "dedicated", "effect": "NoSchedule" }]);
    let mut lenient = node("worker-3");
    lenient["spec"]["taints"] = json!([{ "key": "spot", "effect": "PreferNoSchedule" }]);
    let nodes = json!({ "items": [node("worker-1"), dedicated, lenient] });
    bench.server.world().objects.insert(NODES.to_owned(), nodes);
    says(&bench.preflight(5).await, Topic::Capacity, Weight::Fine, &["room for 16 more"]);
}

fn budget(spec: serde_json::Value) -> serde_json::Value {
    json!({ "items": [{ "metadata": { "name": "backend-budget" }, "spec": spec }] })
}

#[tokio::test]
async fn a_disruption_budget_tells_what_was_promised_when_scaling_down() {
    let bench = Bench::in_production(5).await;
    let spec = json!({
        "minAvailable": 4,
        "selector": {
            "matchLabels": { "app": "backend-rust" },
            "matchExpressions": [{ "key": "tier", "operator": "In", "values": ["api", "web"] }],
        },
    });
    bench.server.world().objects.insert(BUDGETS.to_owned(), budget(spec));
    let broken = bench.preflight(3).await;
    says(
        &broken,
        Topic::DisruptionBudget,
        Weight::Warning,
        &[
            "backend-budget promises at least 4 available, 3 remain",
            "refuses every eviction",
            "keep at least 4",
        ],
    );
    // Below what is promised is dangerous, although three of five is not half.
    assert!(matches!(broken.confirmation(), quarterdeck::operations::Confirmation::Typed(_)));
    says(&bench.preflight(4).await, Topic::DisruptionBudget, Weight::Note, &["can be drained"]);
    says(&bench.preflight(6).await, Topic::DisruptionBudget, Weight::Fine, &["no pod goes away"]);
}

#[tokio::test]
async fn budgets_of_other_pods_and_without_a_selector_don_t_count() {
    let bench = Bench::start(5).await;
    let mut budgets = budget(json!({ "minAvailable": 5 }));
    let other = json!({ "minAvailable": 5, "selector": { "matchExpressions": [
        { "key": "app", "operator": "NotIn", "values": ["backend-rust"] },
    ] } });
    budgets["items"].as_array_mut().unwrap().push(json!({ "metadata": { "name": "other" }, "spec": other }));
    bench.server.world().objects.insert(BUDGETS.to_owned(), budgets);
    says(&bench.preflight(3).await, Topic::DisruptionBudget, Weight::Fine, &["no disruption budget"]);
}

#[tokio::test]
async fn who_owns_the_object_and_would_revert_it_is_said() {
    let bench = Bench::start(3).await;
    let set = |metadata: serde_json::Value| {
        let mut world = bench.server.world();
        let own = world.deployment()["metadata"].as_object_mut().unwrap();
        for key in ["labels", "annotations", "ownerReferences", "managedFields"] {
            own.remove(key);
        }
        own.extend(metadata.as_object().unwrap().clone());
    };
    let manages =
        |manager: &str| json!([{ "manager": manager, "fieldsV1": { "f:spec": { "f:replicas": {} } } }]);
    set(json!({
        "annotations": { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:production/backend-rust" },
        "managedFields": manages("argocd-controller"),
    }));
    says(&bench.preflight(5).await, Topic::Owner, Weight::Warning, &["Argo CD application shop", "in git"]);
    set(json!({
        "annotations": { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:production/backend-rust" },
        "managedFields": manages("kube-controller-manager"),
    }));
    says(&bench.preflight(5).await, Topic::Owner, Weight::Note, &["does not set this field"]);
    set(json!({
        "labels": { "app.kubernetes.io/managed-by": "Helm" },
        "annotations": { "meta.helm.sh/release-name": "backend" },
        "managedFields": manages("helm"),
    }));
    says(&bench.preflight(5).await, Topic::Owner, Weight::Warning, &["Helm release backend", "next upgrade"]);
    set(json!({
        "labels": { "kustomize.toolkit.fluxcd.io/name": "apps" },
        "managedFields": manages("kustomize-controller"),
    }));
    says(&bench.preflight(5).await, Topic::Owner, Weight::Warning, &["Flux Kustomization apps", "suspend"]);
    set(json!({ "ownerReferences": [{ "kind": "Canary", "name": "backend", "controller": true }] }));
    says(
        &bench.preflight(5).await,
        Topic::Owner,
        Weight::Warning,
        &["Canary/backend", "change Canary/backend instead"],
    );
}

#[tokio::test]
async fn what_can_t_be_read_is_unknown_with_the_reason_and_blocks_nothing() {
    let mut bench = Bench::start(5).await;
    bench.services.capacity = Capacity::Measure;
    for path in [AUTOSCALERS, QUOTAS, BUDGETS, NODES] {
        bench.server.world().errors.insert(path.to_owned(), (403, format!("{path} is forbidden")));
    }
    let up = bench.preflight(6).await;
    says(&up, Topic::Autoscaler, Weight::Unknown, &["unknown", "forbidden"]);
    says(&up, Topic::Quota, Weight::Unknown, &["forbidden"]);
    says(&up, Topic::Capacity, Weight::Unknown, &["forbidden"]);
    says(&bench.preflight(4).await, Topic::DisruptionBudget, Weight::Unknown, &["forbidden"]);
    assert_eq!(up.refusal(), None);
}

#[tokio::test]
async fn a_table_that_showed_another_count_is_warned_of() {
    let bench = Bench::start(3).await;
    let seen = quarterdeck::operations::Seen { replicas: Some(2), ..Default::default() };
    let mut handle = bench.launch(super::bench::scale(5), super::bench::BACKEND, seen);
    let Some(quarterdeck::operations::OperationEvent::Preflighted(preflight)) = handle.next().await else {
        panic!("no preflight");
    };
    says(&preflight, Topic::Replicas, Weight::Warning, &["the table still showed 2"]);
}

#[tokio::test]
async fn a_workload_of_which_nothing_is_ready_is_warned_of() {
    let bench = Bench::start(3).await;
    bench.server.world().deployment()["status"]["readyReplicas"] = json!(0);
    let preflight = bench.preflight(1).await;
    says(&preflight, Topic::Replicas, Weight::Warning, &["none is ready now"]);
    assert!(preflight.headline().ends_with("from 3 to 1 replica"), "{}", preflight.headline());
    assert_eq!(preflight.title(), "Scale backend-rust");
}

#[tokio::test]
async fn one_key_in_production_is_not_shown_as_fine() {
    let bench = Bench::in_production(3).await;
    says(
        &bench.preflight(5).await,
        Topic::Environment,
        Weight::Note,
        &["production; this is easily put back"],
    );
    let staging = Bench::start(3).await;
    says(&staging.preflight(5).await, Topic::Environment, Weight::Fine, &["staging (not production)"]);
}
