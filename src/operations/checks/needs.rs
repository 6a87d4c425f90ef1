//! What one pod of a workload asks of its node and of its namespace's quotas.

use std::collections::BTreeMap;

use serde_json::Value;

use super::quantity::thousandths;

/// One resource of one pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Need {
    /// How much, in thousandths of the resource's unit.
    pub thousandths: i128,
    /// Whether every container says how much; else a default of the namespace comes on top, or the pod is refused.
    pub complete: bool,
}

/// What one pod asks for, by the quota's names: `requests.cpu`, `limits.memory` …
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PodNeeds(BTreeMap<String, Need>);

impl PodNeeds {
    /// What a pod of that template asks for, reckoned as the scheduler does: containers and sidecars together, or the
    /// largest step of the initialization if that is more, and the overhead of its runtime class.
    pub fn of_template(template: &Value) -> Self {
        let mut needs = BTreeMap::new();
        for class in ["requests", "limits"] {
            for resource in resources(template, class) {
                needs.insert(format!("{class}.{resource}"), need(template, class, &resource));
            }
        }
        PodNeeds(needs)
    }

    /// The need by the quota's name, zero and incomplete where no container says anything.
    pub fn get(&self, name: &str) -> Need {
        self.0.get(name).copied().unwrap_or_default()
    }
}

fn resources(template: &Value, class: &str) -> Vec<String> {
    let mut names = vec!["cpu".to_owned(), "memory".to_owned()];
    for container in containers(template, "containers").chain(containers(template, "initContainers")) {
        let Some(stated) = container.pointer(&format!("/resources/{class}")).and_then(Value::as_object)
        else {
            continue;
        };
        names.extend(stated.keys().cloned());
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn need(template: &Value, class: &str, resource: &str) -> Need {
    let mut complete = true;
    let mut running: i128 = 0;
    let mut sidecars: i128 = 0;
    let mut largest_step: i128 = 0;
    for container in containers(template, "containers") {
        let amount = amount(container, class, resource);
        complete &= amount.is_some();
        running += amount.unwrap_or_default();
    }
    for container in containers(template, "initContainers") {
        let amount = amount(container, class, resource);
        complete &= amount.is_some();
        let amount = amount.unwrap_or_default();
        if container.get("restartPolicy").and_then(Value::as_str) == Some("Always") {
            sidecars += amount;
            largest_step = largest_step.max(sidecars);
        } else {
            largest_step = largest_step.max(sidecars + amount);
        }
    }
    let overhead = template
        .pointer("/spec/overhead")
        .and_then(|overhead| overhead.get(resource))
        .and_then(quantity)
        .unwrap_or_default();
    Need { thousandths: (running + sidecars).max(largest_step) + overhead, complete }
}

/// What a container states; a request that is not stated is its limit.
fn amount(container: &Value, class: &str, resource: &str) -> Option<i128> {
    let stated =
        |class: &str| container.pointer(&format!("/resources/{class}"))?.get(resource).and_then(quantity);
    stated(class).or_else(|| if class == "requests" { stated("limits") } else { None })
}

fn quantity(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => thousandths(text),
        Value::Number(number) => thousandths(&number.to_string()),
        _ => None,
    }
}

fn containers<'a>(template: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    template.pointer("/spec").and_then(|spec| spec.get(list)).and_then(Value::as_array).into_iter().flatten()
}
