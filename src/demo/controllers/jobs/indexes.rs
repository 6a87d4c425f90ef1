//! The completion indexes of indexed jobs.

use std::collections::BTreeSet;

use k8s_pb::api::core::v1::{EnvVar, EnvVarSource, ObjectFieldSelector, Pod};

use crate::demo::objects::text;

/// The annotation and label of a pod with its index.
pub const INDEX: &str = "batch.kubernetes.io/job-completion-index";
const VARIABLE: &str = "JOB_COMPLETION_INDEX";

/// The index of a pod; `None` where it has none.
pub fn index_of(pod: &Pod) -> Option<i32> {
    pod.metadata.as_ref()?.annotations.get(INDEX)?.parse().ok()
}

/// Makes a pod the one of an index.
pub fn give_index(pod: &mut Pod, job: &str, index: i32) {
    let metadata = pod.metadata.get_or_insert_default();
    metadata.annotations.insert(INDEX.to_owned(), index.to_string());
    metadata.labels.insert(INDEX.to_owned(), index.to_string());
    metadata.generate_name = text(format!("{job}-{index}-"));
    let spec = pod.spec.get_or_insert_default();
    spec.hostname = text(format!("{job}-{index}"));
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        if container.env.iter().any(|variable| variable.name.as_deref() == Some(VARIABLE)) {
            continue;
        }
        let field = ObjectFieldSelector {
            api_version: text("v1"),
            field_path: Some(format!("metadata.labels['{INDEX}']")),
        };
        container.env.push(EnvVar {
            name: text(VARIABLE),
            value: None,
            value_from: Some(EnvVarSource { field_ref: Some(field), ..EnvVarSource::default() }),
        });
    }
}

/// Reads indexes as a status has them, such as `0-2,5`.
pub fn parse(written: &str) -> BTreeSet<i32> {
    let mut indexes = BTreeSet::new();
    for part in written.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<i32>(), last.parse::<i32>()) {
            indexes.extend(first..=last);
        }
    }
    indexes
}

/// Writes indexes as a status has them: three and more in a row, and two, as a range.
pub fn write(indexes: &BTreeSet<i32>) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = indexes.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while rest.next_if(|next| *next == last + 1).is_some() {
            last += 1;
        }
        parts.push(if first == last { first.to_string() } else { format!("{first}-{last}") });
    }
    parts.join(",")
}
