//! Makes the platform profile of the file that describes it.

use std::ops::Range;

use crate::config::{
    BackupEntry, Diagnostic, EnvironmentEntry, LabelEntry, LinkEntry, ObjectivesEntry, PlatformFile,
    Settings, Source, Spanned, WorkloadEntry, ZoneEntry,
};
use crate::platform::environment::{EnvironmentSpec, Environments};
use crate::platform::pattern::NamePattern;
use crate::platform::profile::{
    AutoscalerBounds, BackupPolicy, BackupSchedule, Link, Objectives, Profile, Retention, WorkloadExpectation,
};
use crate::platform::zone::{Exposure, LabelSelector, ZoneSpec, Zones};

/// The profile that a platform file describes, with what the settings say about contexts.
///
/// # Errors
///
/// Every problem of the platform file, and every environment of the settings that it doesn't have.
pub fn profile(file: &PlatformFile, settings: &Settings) -> Result<Profile, Vec<Diagnostic>> {
    let mut reader = Reader { source: &file.source, problems: file.problems.clone() };
    let zones = reader.zones(&file.zones);
    let environments = reader.environments(&file.environments);
    let workloads = file.workloads.iter().map(|entry| reader.workload(entry)).collect();
    let objectives = reader.objectives(&file.objectives);
    let backups = file.backups.iter().filter_map(|entry| reader.backup(entry)).collect();
    let dashboards = file.dashboards.iter().map(|entry| reader.link(entry, &zones)).collect();
    let runbooks = file.runbooks.iter().map(|entry| reader.link(entry, &zones)).collect();
    let mut problems = Diagnostic::in_order(reader.problems);
    let environments = with_contexts(environments, settings, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Profile {
        name: file.name.get_ref().clone(),
        zones,
        environments,
        workloads,
        objectives,
        backups,
        retention: Retention {
            metrics_seconds: value(&file.retention.metrics),
            metrics_long_term_seconds: value(&file.retention.metrics_long_term),
            logs_seconds: value(&file.retention.logs),
        },
        dashboards,
        runbooks,
    })
}

/// Fixes the environments of the contexts for which the settings do so.
fn with_contexts(
    environments: Environments,
    settings: &Settings,
    problems: &mut Vec<Diagnostic>,
) -> Environments {
    let mut fixed = environments.clone();
    for context in &settings.contexts {
        let Some(word) = &context.environment else { continue };
        match environments.named(word.get_ref()) {
            Some(environment) => fixed = fixed.with_context(context.name.get_ref().clone(), environment),
            None => {
                let known = environments.iter().map(|(_, environment)| environment.name.as_str());
                problems.push(settings.source.unknown_word(
                    word.span(),
                    "environment",
                    word.get_ref(),
                    known,
                ));
            }
        }
    }
    fixed
}

struct Reader<'f> {
    source: &'f Source,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, span: Range<usize>, message: impl AsRef<str>) {
        self.problems.push(self.source.problem(span, message));
    }

    fn zones(&mut self, entries: &[ZoneEntry]) -> Zones {
        self.report_repeated("zone", entries.iter().map(|entry| &entry.name));
        let zones = entries.iter().map(|entry| self.zone(entry)).collect();
        Zones::new(zones).unwrap_or_else(|error| {
            self.report(0..0, error.to_string());
            Zones::default()
        })
    }

    fn zone(&mut self, entry: &ZoneEntry) -> ZoneSpec {
        let name = entry.name.get_ref();
        let namespaces = self.patterns(&entry.namespaces);
        if entry.namespaces.is_empty()
            && entry.namespace_labels.is_empty()
            && entry.workload_labels.is_empty()
        {
            let message = format!("zone `{name}` can hold nothing: it has no namespaces and no labels");
            self.report(entry.name.span(), message);
        }
        let word = entry.exposure.get_ref();
        let exposure = Exposure::ALL.into_iter().find(|exposure| exposure.name() == word);
        if exposure.is_none() {
            let known = Exposure::ALL.iter().map(|exposure| exposure.name());
            self.problems.push(self.source.unknown_word(entry.exposure.span(), "exposure", word, known));
        }
        ZoneSpec {
            name: name.clone(),
            title: entry.title.clone().unwrap_or_else(|| name.clone()),
            description: entry.description.clone().unwrap_or_default(),
            exposure: exposure.unwrap_or(Exposure::Internal),
            namespaces,
            namespace_selector: selector(&entry.namespace_labels),
            workload_selector: selector(&entry.workload_labels),
        }
    }

    fn environments(&mut self, entries: &[EnvironmentEntry]) -> Environments {
        self.report_repeated("environment", entries.iter().map(|entry| &entry.name));
        let environments = entries.iter().map(|entry| self.environment(entry)).collect();
        Environments::new(environments).unwrap_or_else(|error| {
            self.report(0..0, error.to_string());
            Environments::default()
        })
    }

    fn environment(&mut self, entry: &EnvironmentEntry) -> EnvironmentSpec {
        let name = entry.name.get_ref();
        EnvironmentSpec {
            name: name.clone(),
            badge: entry.badge.clone().unwrap_or_else(|| name.to_uppercase()),
            namespaces: self.patterns(&entry.namespaces),
            contexts: self.patterns(&entry.contexts),
            production: entry.production,
            default_deny: entry.default_deny,
        }
    }

    fn workload(&mut self, entry: &WorkloadEntry) -> WorkloadExpectation {
        let autoscaler = entry.autoscaler.as_ref().and_then(|bounds| {
            let (Some(minimum), Some(maximum)) = (value(&bounds.minimum), value(&bounds.maximum)) else {
                self.report(bounds.span.clone(), "an autoscaler's bounds are a `minimum` and a `maximum`");
                return None;
            };
            if minimum > maximum {
                let message = format!("an autoscaler's minimum, {minimum}, is above its maximum, {maximum}");
                self.report(bounds.span.clone(), message);
            }
            Some(AutoscalerBounds { minimum, maximum })
        });
        WorkloadExpectation {
            name: self.pattern(&entry.name),
            namespaces: self.patterns(&entry.namespaces),
            minimum_replicas: value(&entry.minimum_replicas),
            anti_affinity: entry.anti_affinity,
            autoscaler,
        }
    }

    fn objectives(&mut self, entry: &ObjectivesEntry) -> Objectives {
        if let Some(availability) = &entry.availability
            && !(*availability.get_ref() > 0.0 && *availability.get_ref() <= 100.0)
        {
            self.report(availability.span(), "availability is in per cent, above 0 and at most 100");
        }
        Objectives {
            availability: value(&entry.availability),
            recovery_time_seconds: value(&entry.recovery_time),
            recovery_point_seconds: value(&entry.recovery_point),
        }
    }

    fn backup(&mut self, entry: &BackupEntry) -> Option<BackupPolicy> {
        let schedule = match (&entry.every, entry.replicated) {
            (Some(every), false) => BackupSchedule::Every(*every.get_ref()),
            (None, true) => BackupSchedule::Replicated,
            _ => {
                let message =
                    format!("backup `{}` must have either `every` or `replicated = true`", entry.name);
                self.report(entry.name.span(), message);
                return None;
            }
        };
        let namespaces = self.patterns(&entry.namespaces);
        Some(BackupPolicy { name: entry.name.get_ref().clone(), schedule, namespaces })
    }

    fn link(&mut self, entry: &LinkEntry, zones: &Zones) -> Link {
        let zone = entry.zone.as_ref().and_then(|word| {
            let zone = zones.named(word.get_ref());
            if zone.is_none() {
                let known = zones.iter().map(|(_, zone)| zone.name.as_str());
                self.problems.push(self.source.unknown_word(word.span(), "zone", word.get_ref(), known));
            }
            zone
        });
        Link {
            title: entry.title.get_ref().clone(),
            url: entry.url.get_ref().clone(),
            zone,
            alerts: self.patterns(&entry.alerts),
        }
    }

    fn patterns(&mut self, written: &[Spanned<String>]) -> Vec<NamePattern> {
        written.iter().map(|word| self.pattern(word)).collect()
    }

    fn pattern(&mut self, written: &Spanned<String>) -> NamePattern {
        if written.get_ref().is_empty() {
            self.report(written.span(), "a name can't be empty");
        }
        NamePattern::new(written.get_ref())
    }

    fn report_repeated<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n Spanned<String>>) {
        let mut seen: Vec<&Spanned<String>> = Vec::new();
        for name in names {
            if let Some(first) = seen.iter().find(|first| first.get_ref() == name.get_ref()) {
                let line = self.source.position(first.span()).line;
                let message = format!("there is a {what} `{}` already, on line {line}", name.get_ref());
                self.report(name.span(), message);
            }
            seen.push(name);
        }
    }
}

fn selector(labels: &[LabelEntry]) -> LabelSelector {
    LabelSelector(
        labels.iter().map(|(key, value)| (key.get_ref().clone(), value.get_ref().clone())).collect(),
    )
}

fn value<T: Copy>(entry: &Option<Spanned<T>>) -> Option<T> {
    entry.as_ref().map(|value| *value.get_ref())
}
