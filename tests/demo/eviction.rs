//! Evictions and disruption budgets.

use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const PODS: &str = "/api/v1/namespaces/production/pods";
const BUDGETS: &str = "/apis/policy/v1/namespaces/production/poddisruptionbudgets";

fn eviction(name: &str) -> Value {
    json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}})
}

#[test]
fn a_budget_allows_so_many_evictions_and_no_more() {
    run(async {
        let platform = Memory::new();
        let list =
            platform.get(&format!("{PODS}?labelSelector=app.kubernetes.io/name%3Dfrontend")).await.json(200);
        let names: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pod| pod["metadata"]["name"].as_str().unwrap())
            .collect();
        let budget = platform.get(&format!("{BUDGETS}/frontend")).await.json(200);
        let allowed = usize::try_from(budget["status"]["disruptionsAllowed"].as_i64().unwrap()).unwrap();
        assert!(allowed > 0 && allowed < names.len(), "{budget}");
        let dry = format!("{PODS}/{}/eviction?dryRun=All", names[0]);
        platform.post(&dry, eviction(names[0])).await.json(201);
        for name in &names[..allowed] {
            let done = platform.post(&format!("{PODS}/{name}/eviction"), eviction(name)).await.json(201);
            assert_eq!(done["status"], "Success");
            let pod = platform.get(&format!("{PODS}/{name}")).await.json(200);
            let conditions = pod["status"]["conditions"].as_array().unwrap();
            assert!(
                conditions
                    .iter()
                    .any(|it| it["type"] == "DisruptionTarget" && it["reason"] == "EvictionByEvictionAPI")
            );
        }
        let budget = platform.get(&format!("{BUDGETS}/frontend")).await.json(200);
        assert_eq!(
            (
                &budget["status"]["disruptionsAllowed"],
                budget["status"]["disruptedPods"].as_object().unwrap().len()
            ),
            (&json!(0), allowed)
        );
        let name = names[allowed];
        let refused = platform.post(&format!("{PODS}/{name}/eviction"), eviction(name)).await.json(429);
        assert_eq!(refused["message"], "Cannot evict pod as it would violate the pod's disruption budget.");
        let cause = &refused["details"]["causes"][0];
        assert_eq!(cause["reason"], "DisruptionBudget");
        assert!(cause["message"].as_str().unwrap().starts_with("The disruption budget frontend "), "{cause}");
        // Evictions of the old version, and of another pod than the path's, are refused.
        let old = json!({"apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": name}});
        platform.post(&format!("{PODS}/{name}/eviction"), old).await.json(400);
        let other = platform.post(&format!("{PODS}/{name}/eviction"), eviction("other")).await.message(400);
        assert_eq!(other, "name in URL does not match name in Eviction object");
        let second = json!({"metadata": {"name": "second"}, "spec": {"minAvailable": 0, "selector": {}}});
        platform.post(BUDGETS, second).await.json(201);
        platform.post(&format!("{PODS}/{name}/eviction"), eviction(name)).await.json(500);
    });
}
