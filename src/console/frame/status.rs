//! The bar at the top: which cluster, which environment, which mode, how fresh, and what time it is.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clients::kubernetes::SignInState;
use crate::console::deck::Deck;
use crate::panes::PaneId;
use crate::picture::model::Scope;
use crate::platform::age::age;
use crate::platform::environment::EnvironmentSpec;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, Symbol};
use crate::platform::text::sanitize;
use crate::platform::time::Instant;
use crate::theme::Slot;
use crate::widgets::bar::Segment;

/// From so many columns on, the local time stands beside UTC.
const WIDE: u16 = 120;
/// The most namespaces that are named one by one.
const NAMED: usize = 3;
/// The zone of the cluster's own parts.
const SYSTEM: &str = "system";
/// What a server says of what one may not see.
const FORBIDDEN: &str = "forbidden";

impl Deck {
    /// The segments of the bar, from the left and from the right.
    pub(super) fn status(&self, width: u16) -> (Vec<Segment>, Vec<Segment>) {
        let mut left = vec![Segment::new(&*self.setting.context, Slot::Strong).priority(250)];
        if let Some(environment) = self.shown_environment() {
            left.push(
                Segment::badge(environment.badge.to_uppercase(), environment_slot(environment)).priority(240),
            );
        }
        if self.setting.demo {
            left.push(Segment::badge("DEMO", Slot::Demo).priority(220));
        }
        if self.setting.read_only {
            left.push(Segment::badge("READ-ONLY", Slot::ReadOnly).priority(230));
        }
        left.push(Segment::new(self.namespaces_in_words(), Slot::Text).priority(140));
        if let Some(version) = self.picture.server_version() {
            left.push(Segment::new(version, Slot::Muted).priority(60));
        }
        let now = self.now();
        let mut right = Vec::new();
        let followed = self.operations.followed();
        if followed > 0 {
            let busy = self.themes.current().symbols().busy;
            right.push(Segment::new(format!("{busy} {followed} running"), Slot::Busy).priority(150));
        }
        if matches!(self.sign_in, SignInState::Running { .. }) {
            right.push(Segment::new("signing in…", Slot::Waiting).priority(160));
        }
        right.push(self.health(now));
        right.push(Segment::new(self.clock(now, width), Slot::Text).priority(100));
        (left, right)
    }

    /// The gravest environment of what is shown. The cluster's own namespaces don't make it production, as every
    /// cluster has them.
    fn shown_environment(&self) -> Option<&EnvironmentSpec> {
        if !self.namespaces.is_empty() {
            return self.setting.environment(self.namespaces.iter().map(|name| &**name));
        }
        let own = |namespace: &str| !self.is_of_the_system(namespace);
        let listed: Vec<Symbol> = self.picture.namespaces().iter().map(|row| row.name.clone()).collect();
        let names = if listed.is_empty() { self.watched_namespaces() } else { listed };
        self.setting.environment(names.iter().map(|name| &**name).filter(|name| own(name)))
    }

    fn is_of_the_system(&self, namespace: &str) -> bool {
        let zones = self.picture.zone_specs();
        let zone = zones.zone_of(namespace, &|_| None, &|_| None).and_then(|id| zones.get(id));
        zone.is_some_and(|zone| zone.name == SYSTEM)
    }

    /// The namespaces that are read one by one; none where the whole cluster is.
    fn watched_namespaces(&self) -> Vec<Symbol> {
        let scopes = self.picture.each_source().filter_map(|(key, _)| match &key.scope {
            Scope::Namespace(name) => Some(name.clone()),
            Scope::Cluster => None,
        });
        let names: BTreeSet<Symbol> = scopes.collect();
        names.into_iter().collect()
    }

    fn namespaces_in_words(&self) -> String {
        let watched = if self.namespaces.is_empty() { self.watched_namespaces() } else { Vec::new() };
        let shown = if watched.is_empty() { &self.namespaces } else { &watched };
        match shown.as_slice() {
            [] => "all namespaces".to_owned(),
            several if several.len() > NAMED => format!("{} namespaces", several.len()),
            few => few.iter().map(|name| sanitize(name)).collect::<Vec<_>>().join(" "),
        }
    }

    /// How fresh the sources are, in a symbol and a few words; the worst decides.
    fn health(&self, now: Instant) -> Segment {
        let symbols = self.themes.current().symbols();
        let sources: Vec<(Kind, Freshness)> =
            Kind::ALL.into_iter().map(|kind| (kind, self.picture.source(kind).freshness)).collect();
        let down: Vec<Kind> = kinds(&sources, |freshness| matches!(freshness, Freshness::Down(..)));
        let stale: Vec<Kind> = kinds(&sources, |freshness| matches!(freshness, Freshness::Stale(_)));
        let arriving =
            kinds(&sources, |freshness| matches!(freshness, Freshness::Waiting | Freshness::Loading));
        // ReplicaSets come last, and no pane waits for them.
        let arriving: Vec<_> = arriving.into_iter().filter(|kind| *kind != Kind::ReplicaSet).collect();
        let refused = kinds(
            &sources,
            |freshness| matches!(freshness, Freshness::Off(reason) if reason.contains(FORBIDDEN)),
        );
        let (text, slot) = if !down.is_empty() {
            (format!("{} {} down{}", symbols.bad, named(&down), self.since(&down, now)), Slot::Bad)
        } else if !stale.is_empty() {
            let since = self.since(&stale, now);
            (format!("{} {} stale{since}", symbols.warning, named(&stale)), Slot::Warning)
        } else if !arriving.is_empty() {
            (format!("{} loading{}", symbols.busy, symbols.ellipsis), Slot::Busy)
        } else if !refused.is_empty() {
            (format!("{} not permitted: {}", symbols.warning, counted(&refused)), Slot::Warning)
        } else {
            (format!("{} live", symbols.good), Slot::Good)
        };
        Segment::new(text, slot).priority(210)
    }

    /// Since when the kinds in trouble are; those of the pane decide where it shows some, so that the bar says what
    /// the pane says.
    fn since(&self, kinds: &[Kind], now: Instant) -> String {
        let of_pane = kinds_of(self.stack.pane().id());
        let shown = kinds.iter().any(|kind| of_pane.contains(kind));
        let meant = |kind: &Kind| kinds.contains(kind) && (!shown || of_pane.contains(kind));
        let sources = self.picture.each_source().filter(|(key, _)| meant(&key.kind));
        let since = sources.filter_map(|(_, state)| state.freshness.since()).min();
        since.map(|since| format!(" {}", age(since, now))).unwrap_or_default()
    }

    fn clock(&self, now: Instant, width: u16) -> String {
        let Ok(stamp) = Timestamp::from_millisecond(now.0) else { return String::new() };
        let utc = stamp.to_zoned(TimeZone::UTC);
        let here = stamp.to_zoned(self.setting.time_zone.clone());
        if width >= WIDE && here.offset() != utc.offset() {
            format!("{} UTC  {}", utc.strftime("%H:%M"), here.strftime("%H:%M %Z"))
        } else {
            format!("{} UTC", utc.strftime("%H:%M"))
        }
    }
}

fn environment_slot(environment: &EnvironmentSpec) -> Slot {
    if environment.production {
        Slot::Production
    } else if environment.name.starts_with("stag") {
        Slot::Staging
    } else {
        Slot::Development
    }
}

fn kinds(sources: &[(Kind, Freshness)], is: impl Fn(&Freshness) -> bool) -> Vec<Kind> {
    sources.iter().filter(|(_, freshness)| is(freshness)).map(|(kind, _)| *kind).collect()
}

/// One kind by its name, several by their number.
fn named(kinds: &[Kind]) -> String {
    match kinds {
        [one] => one.resource().to_owned(),
        several if several.len() == Kind::ALL.len() => "everything".to_owned(),
        several => format!("{} sources", several.len()),
    }
}

/// How many kinds.
fn counted(kinds: &[Kind]) -> String {
    match kinds.len() {
        all if all == Kind::ALL.len() => "everything".to_owned(),
        1 => "1 kind".to_owned(),
        several => format!("{several} kinds"),
    }
}

/// The kinds whose freshness a pane tells of.
fn kinds_of(pane: PaneId) -> &'static [Kind] {
    match pane {
        PaneId::Zones => &Kind::ALL,
        PaneId::Workloads => &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet],
        PaneId::Pods => &[Kind::Pod],
    }
}
