//! Prometheus' text format.

use std::fmt::Write as _;

use crate::demo::model::counters::{BOUNDS, RequestCounters};

/// Metrics, one family after the other.
#[derive(Debug, Default)]
pub struct Text(String);

impl Text {
    /// Begins a family; the samples that follow belong to it.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// One sample.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(name);
        if !labels.is_empty() {
            self.0.push('{');
            for (index, (label, text)) in labels.iter().enumerate() {
                let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                let _ = write!(self.0, "{}{label}=\"{text}\"", if index > 0 { "," } else { "" });
            }
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    /// A counter without labels.
    pub fn counter(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, "counter", help);
        self.sample(name, &[], value);
    }

    /// A gauge without labels.
    pub fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    /// The samples of a histogram with these labels.
    pub fn histogram(&mut self, name: &str, labels: &[(&str, &str)], counters: &RequestCounters) {
        let bucket = format!("{name}_bucket");
        let mut all = labels.to_vec();
        for (bound, count) in BOUNDS.iter().zip(counters.buckets) {
            let bound = bound.to_string();
            all.truncate(labels.len());
            let mut with = all.clone();
            with.push(("le", &bound));
            self.sample(&bucket, &with, count.floor());
        }
        all.push(("le", "+Inf"));
        self.sample(&bucket, &all, counters.total().floor());
        self.sample(&format!("{name}_sum"), labels, counters.seconds);
        self.sample(&format!("{name}_count"), labels, counters.total().floor());
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }
}
