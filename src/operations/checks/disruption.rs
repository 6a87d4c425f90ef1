//! What the team promised to keep available.

use std::collections::BTreeMap;

use crate::clients::kubernetes::{ApiError, DisruptionBudget, IntOrPercent};
use crate::operations::{Finding, Topic, Weight};

/// What the disruption budgets say to fewer pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    /// What the panel shows.
    pub finding: Finding,
    /// The fewest replicas that a budget promises, where it is a number.
    pub minimum: Option<u32>,
}

/// What the budgets that select pods with those labels say to a change from `present` to `wanted`.
pub(crate) fn judge(
    budgets: &Result<Vec<DisruptionBudget>, ApiError>,
    labels: &BTreeMap<String, String>,
    present: u32,
    wanted: u32,
) -> Promise {
    let alone = |finding| Promise { finding, minimum: None };
    if wanted >= present {
        return alone(Finding::new(Topic::DisruptionBudget, Weight::Fine, "no pod goes away"));
    }
    let budgets = match budgets {
        Ok(budgets) => budgets,
        Err(error) => return alone(Finding::unknown(Topic::DisruptionBudget, error)),
    };
    let matching: Vec<&DisruptionBudget> = budgets
        .iter()
        .filter(|budget| budget.spec.selector.as_ref().is_some_and(|selector| selector.matches(labels)))
        .collect();
    let minimum = matching.iter().filter_map(|budget| minimum(budget)).max();
    let broken = matching.iter().find_map(|budget| {
        let minimum = minimum_of(budget, wanted)?;
        (wanted < minimum || wanted == 0).then_some((budget, minimum))
    });
    let finding = match (matching.first(), broken) {
        (None, _) => Finding::new(Topic::DisruptionBudget, Weight::Fine, "no disruption budget selects its pods"),
        (Some(_), Some((budget, minimum))) => Finding::new(
            Topic::DisruptionBudget,
            Weight::Warning,
            format!(
                "{} promises {}, {wanted} remain: it does not stop a scale-down, but refuses every eviction after it",
                budget.metadata.name,
                in_words(budget),
            ),
        )
        .advising(format!("keep at least {}, or change the budget with its team", minimum.max(1))),
        (Some(budget), None) => {
            let tight = minimum_of(budget, wanted) == Some(wanted);
            let text = format!("{} promises {}, {wanted} remain", budget.metadata.name, in_words(budget));
            if tight {
                let text = format!("{text}: no node with one of them can be drained after it");
                Finding::new(Topic::DisruptionBudget, Weight::Note, text)
            } else {
                Finding::new(Topic::DisruptionBudget, Weight::Fine, text)
            }
        }
    };
    Promise { finding, minimum }
}

/// The fewest replicas that a budget promises as a number, whatever the count.
fn minimum(budget: &DisruptionBudget) -> Option<u32> {
    match budget.spec.min_available.as_ref()? {
        IntOrPercent::Int(number) => u32::try_from(*number).ok(),
        IntOrPercent::Percent(_) => None,
    }
}

/// The fewest available that a budget promises of so many replicas.
fn minimum_of(budget: &DisruptionBudget, replicas: u32) -> Option<u32> {
    if let Some(available) = &budget.spec.min_available {
        return absolute(available, replicas);
    }
    let unavailable = absolute(budget.spec.max_unavailable.as_ref()?, replicas)?;
    Some(replicas.saturating_sub(unavailable))
}

/// A number, or a percentage of the replicas, rounded up as the disruption controller does.
fn absolute(value: &IntOrPercent, replicas: u32) -> Option<u32> {
    match value {
        IntOrPercent::Int(number) => u32::try_from(*number).ok(),
        IntOrPercent::Percent(text) => {
            let percent: u64 = text.trim_end_matches('%').parse().ok()?;
            u32::try_from((u64::from(replicas) * percent).div_ceil(100)).ok()
        }
    }
}

fn in_words(budget: &DisruptionBudget) -> String {
    let text = |value: &IntOrPercent| match value {
        IntOrPercent::Int(number) => number.to_string(),
        IntOrPercent::Percent(text) => text.clone(),
    };
    match (&budget.spec.min_available, &budget.spec.max_unavailable) {
        (Some(minimum), _) => format!("at least {} available", text(minimum)),
        (None, Some(maximum)) => format!("at most {} unavailable", text(maximum)),
        (None, None) => "nothing".to_owned(),
    }
}
