//! The platform profile as it is written, `platform.toml`.

use std::ops::Range;

use super::section::{self, Problems, Section};
use super::{Diagnostic, Source, Spanned};

/// A platform profile as it is written. What its words mean is for whoever makes the profile of it.
#[derive(Debug, Clone)]
pub struct PlatformFile {
    /// Where the profile was read from.
    pub source: Source,
    /// What is wrong with the file's form. Whoever gives its words their meaning reports this as well.
    pub problems: Vec<Diagnostic>,
    /// The platform's name.
    pub name: Spanned<String>,
    /// `[[zone]]`, in order of precedence.
    pub zones: Vec<ZoneEntry>,
    /// `[[environment]]`, in order of precedence.
    pub environments: Vec<EnvironmentEntry>,
    /// `[[workload]]`: what is expected of workloads.
    pub workloads: Vec<WorkloadEntry>,
    /// `[objectives]`.
    pub objectives: ObjectivesEntry,
    /// `[[backup]]`.
    pub backups: Vec<BackupEntry>,
    /// `[retention]`.
    pub retention: RetentionEntry,
    /// `[[dashboard]]`.
    pub dashboards: Vec<LinkEntry>,
    /// `[[runbook]]`.
    pub runbooks: Vec<LinkEntry>,
}

/// One label that has to be there with this value.
pub type LabelEntry = (Spanned<String>, Spanned<String>);

/// One zone.
#[derive(Debug, Clone)]
pub struct ZoneEntry {
    /// The name that actions and columns use.
    pub name: Spanned<String>,
    /// The name for people.
    pub title: Option<String>,
    /// What the zone is for.
    pub description: Option<String>,
    /// Who can reach it.
    pub exposure: Spanned<String>,
    /// Names of namespaces, `*` standing for anything.
    pub namespaces: Vec<Spanned<String>>,
    /// Labels of namespaces that belong to the zone.
    pub namespace_labels: Vec<LabelEntry>,
    /// Labels of workloads that belong to the zone, wherever they run.
    pub workload_labels: Vec<LabelEntry>,
}

/// One environment.
#[derive(Debug, Clone)]
pub struct EnvironmentEntry {
    /// The environment's name.
    pub name: Spanned<String>,
    /// Names of namespaces, `*` standing for anything.
    pub namespaces: Vec<Spanned<String>>,
    /// Names of kubeconfig contexts, `*` standing for anything.
    pub contexts: Vec<Spanned<String>>,
    /// Whether dangerous operations want the name typed.
    pub production: bool,
    /// Whether traffic is denied unless a policy allows it.
    pub default_deny: bool,
    /// The word on the badge.
    pub badge: Option<String>,
}

/// What is expected of some workloads.
#[derive(Debug, Clone)]
pub struct WorkloadEntry {
    /// Names of workloads, `*` standing for anything.
    pub name: Spanned<String>,
    /// Names of namespaces, `*` standing for anything; anywhere when there are none.
    pub namespaces: Vec<Spanned<String>>,
    /// The fewest replicas.
    pub minimum_replicas: Option<Spanned<u32>>,
    /// Whether replicas have to be on different nodes.
    pub anti_affinity: bool,
    /// The bounds that its autoscaler should have.
    pub autoscaler: Option<AutoscalerEntry>,
}

/// The bounds that an autoscaler should have.
#[derive(Debug, Clone)]
pub struct AutoscalerEntry {
    /// Where the bounds are written.
    pub span: Range<usize>,
    /// The fewest replicas.
    pub minimum: Option<Spanned<u32>>,
    /// The most replicas.
    pub maximum: Option<Spanned<u32>>,
}

/// What the platform promises.
#[derive(Debug, Clone, Default)]
pub struct ObjectivesEntry {
    /// Per cent of a month.
    pub availability: Option<Spanned<f64>>,
    /// Seconds.
    pub recovery_time: Option<Spanned<u64>>,
    /// Seconds.
    pub recovery_point: Option<Spanned<u64>>,
}

/// One backup policy.
#[derive(Debug, Clone)]
pub struct BackupEntry {
    /// What is backed up.
    pub name: Spanned<String>,
    /// Seconds between two backups.
    pub every: Option<Spanned<u64>>,
    /// Whether it is copied continuously instead.
    pub replicated: bool,
    /// Names of namespaces that it covers, `*` standing for anything.
    pub namespaces: Vec<Spanned<String>>,
}

/// How long things are kept, in seconds.
#[derive(Debug, Clone, Default)]
pub struct RetentionEntry {
    /// Metrics where they are collected.
    pub metrics: Option<Spanned<u64>>,
    /// Metrics in the long-term store.
    pub metrics_long_term: Option<Spanned<u64>>,
    /// Logs.
    pub logs: Option<Spanned<u64>>,
}

/// A dashboard or a runbook.
#[derive(Debug, Clone)]
pub struct LinkEntry {
    /// What it is called.
    pub title: Spanned<String>,
    /// Where it is.
    pub url: Spanned<String>,
    /// The zone that it is about.
    pub zone: Option<Spanned<String>>,
    /// Names of alerts that it is about, `*` standing for anything.
    pub alerts: Vec<Spanned<String>>,
}

impl PlatformFile {
    /// Reads a platform profile.
    ///
    /// # Errors
    ///
    /// What the grammar rejects, of a file that isn't TOML.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let (platform, problems) = section::parse(source, |root, problems| {
            let name = root.required_text("name", problems);
            let zones = each(root, "zone", problems, zone);
            let environments = each(root, "environment", problems, environment);
            let workloads = each(root, "workload", problems, workload);
            let objectives =
                root.section("objectives", problems).map(|section| objectives(section, problems));
            let backups = each(root, "backup", problems, backup);
            let retention = root.section("retention", problems).map(|section| retention(section, problems));
            let dashboards = each(root, "dashboard", problems, link);
            let runbooks = each(root, "runbook", problems, link);
            Self {
                source: source.clone(),
                problems: Vec::new(),
                name: name.unwrap_or_else(|| Spanned::new(0..0, String::from("nameless"))),
                zones,
                environments,
                workloads,
                objectives: objectives.unwrap_or_default(),
                backups,
                retention: retention.unwrap_or_default(),
                dashboards,
                runbooks,
            }
        })?;
        Ok(Self { problems, ..platform })
    }
}

/// Reads the tables `[[key]]` in order, and checks the keys of each.
fn each<'t, T>(
    root: &mut Section<'t>,
    key: &'static str,
    problems: &mut Problems,
    read: impl Fn(&mut Section<'t>, &mut Problems) -> Option<T>,
) -> Vec<T> {
    let mut values = Vec::new();
    for mut section in root.sections(key, problems) {
        values.extend(read(&mut section, problems));
        section.finish(problems);
    }
    values
}

fn zone(section: &mut Section<'_>, problems: &mut Problems) -> Option<ZoneEntry> {
    let name = section.required_text("name", problems);
    let exposure = section.required_text("exposure", problems);
    let title = section.text("title", problems);
    let description = section.text("description", problems);
    let namespaces = section.texts("namespaces", problems);
    let namespace_labels = labels(section, "namespace_labels", problems);
    let workload_labels = labels(section, "workload_labels", problems);
    Some(ZoneEntry {
        name: name?,
        title: title.map(Spanned::into_inner),
        description: description.map(Spanned::into_inner),
        exposure: exposure?,
        namespaces,
        namespace_labels,
        workload_labels,
    })
}

fn environment(section: &mut Section<'_>, problems: &mut Problems) -> Option<EnvironmentEntry> {
    let name = section.required_text("name", problems);
    let namespaces = section.texts("namespaces", problems);
    let contexts = section.texts("contexts", problems);
    let production = section.flag("production", problems).unwrap_or(false);
    let default_deny = section.flag("default_deny", problems).unwrap_or(false);
    let badge = section.text("badge", problems).map(Spanned::into_inner);
    Some(EnvironmentEntry { name: name?, namespaces, contexts, production, default_deny, badge })
}

fn workload(section: &mut Section<'_>, problems: &mut Problems) -> Option<WorkloadEntry> {
    let name = section.required_text("name", problems);
    let namespaces = section.texts("namespaces", problems);
    let minimum_replicas = section.count("minimum_replicas", problems);
    let anti_affinity = section.flag("anti_affinity", problems).unwrap_or(false);
    let autoscaler = section.section("autoscaler", problems).map(|mut bounds| {
        let span = bounds.span();
        let minimum = bounds.count("minimum", problems);
        let maximum = bounds.count("maximum", problems);
        bounds.finish(problems);
        AutoscalerEntry { span, minimum, maximum }
    });
    Some(WorkloadEntry { name: name?, namespaces, minimum_replicas, anti_affinity, autoscaler })
}

fn objectives(mut section: Section<'_>, problems: &mut Problems) -> ObjectivesEntry {
    let objectives = ObjectivesEntry {
        availability: section.number("availability", problems),
        recovery_time: section.seconds("recovery_time", problems),
        recovery_point: section.seconds("recovery_point", problems),
    };
    section.finish(problems);
    objectives
}

fn backup(section: &mut Section<'_>, problems: &mut Problems) -> Option<BackupEntry> {
    let name = section.required_text("name", problems);
    let every = section.seconds("every", problems);
    let replicated = section.flag("replicated", problems).unwrap_or(false);
    let namespaces = section.texts("namespaces", problems);
    Some(BackupEntry { name: name?, every, replicated, namespaces })
}

fn retention(mut section: Section<'_>, problems: &mut Problems) -> RetentionEntry {
    let retention = RetentionEntry {
        metrics: section.seconds("metrics", problems),
        metrics_long_term: section.seconds("metrics_long_term", problems),
        logs: section.seconds("logs", problems),
    };
    section.finish(problems);
    retention
}

fn link(section: &mut Section<'_>, problems: &mut Problems) -> Option<LinkEntry> {
    let title = section.required_text("title", problems);
    let url = section.required_text("url", problems);
    let zone = section.text("zone", problems);
    let alerts = section.texts("alerts", problems);
    Some(LinkEntry { title: title?, url: url?, zone, alerts })
}

fn labels(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<LabelEntry> {
    let entries = section.section(key, problems).map(Section::entries).unwrap_or_default();
    entries.into_iter().filter_map(|entry| entry.text(problems).map(|value| (entry.key, value))).collect()
}
