//! What a new job is given: its selector, the labels of its pods, and the defaults that its pods are made by.

use k8s_pb::api::batch::v1::Job;

/// The labels with the job's uid and name, and those that older clients look for.
const LABELS: [(&str, bool); 4] = [
    ("batch.kubernetes.io/controller-uid", true),
    ("batch.kubernetes.io/job-name", false),
    ("controller-uid", true),
    ("job-name", false),
];

/// Gives a job its selector and its pods' labels where it has none; whether it lacked them.
pub fn complete_template(job: &mut Job) -> bool {
    let metadata = job.metadata.clone().unwrap_or_default();
    let (uid, name) = (metadata.uid.unwrap_or_default(), metadata.name.unwrap_or_default());
    let spec = job.spec.get_or_insert_default();
    let selected = spec
        .selector
        .as_ref()
        .is_some_and(|it| !it.match_labels.is_empty() || !it.match_expressions.is_empty());
    if selected || spec.manual_selector == Some(true) {
        return false;
    }
    let labels = &mut spec.template.get_or_insert_default().metadata.get_or_insert_default().labels;
    for (label, of_uid) in LABELS {
        labels.insert(label.to_owned(), if of_uid { uid.clone() } else { name.clone() });
    }
    let selector = spec.selector.get_or_insert_default();
    selector.match_labels.insert(LABELS[0].0.to_owned(), uid);
    spec.backoff_limit.get_or_insert(6);
    spec.completion_mode.get_or_insert_with(|| "NonIndexed".to_owned());
    spec.suspend.get_or_insert(false);
    if spec.completions.is_none() && spec.parallelism.is_none() {
        spec.completions = Some(1);
    }
    spec.parallelism.get_or_insert(1);
    true
}
