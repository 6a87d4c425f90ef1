//! The bar at the top: which cluster, which environment, which mode, how fresh, and what time it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clients::kubernetes::SignInState;
use crate::console::deck::Deck;
use crate::platform::age::age;
use crate::platform::environment::EnvironmentSpec;
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;
use crate::platform::time::Instant;
use crate::theme::Slot;
use crate::widgets::bar::Segment;

/// From so many columns on, the local time stands beside UTC.
const WIDE: u16 = 120;
/// The most namespaces that are named one by one.
const NAMED: usize = 3;

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

    /// The gravest environment of what is shown.
    fn shown_environment(&self) -> Option<&EnvironmentSpec> {
        if self.namespaces.is_empty() {
            self.setting.environment(self.picture.namespaces().iter().map(|row| &*row.name))
        } else {
            self.setting.environment(self.namespaces.iter().map(|name| &**name))
        }
    }

    fn namespaces_in_words(&self) -> String {
        match self.namespaces.as_slice() {
            [] => "all namespaces".to_owned(),
            several if several.len() > NAMED => format!("{} namespaces", several.len()),
            few => few.iter().map(|name| &**name).collect::<Vec<_>>().join(" "),
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
        let oldest = |kinds: &[Kind]| {
            let since =
                sources.iter().filter(|(kind, _)| kinds.contains(kind)).filter_map(|(_, one)| one.since());
            since.min().map(|since| format!(" {}", age(since, now))).unwrap_or_default()
        };
        let (text, slot) = if !down.is_empty() {
            (format!("{} {} down{}", symbols.bad, named(&down), oldest(&down)), Slot::Bad)
        } else if !stale.is_empty() {
            (format!("{} {} stale{}", symbols.warning, named(&stale), oldest(&stale)), Slot::Warning)
        } else if !arriving.is_empty() {
            (format!("{} loading{}", symbols.busy, symbols.ellipsis), Slot::Busy)
        } else {
            (format!("{} live", symbols.good), Slot::Good)
        };
        Segment::new(text, slot).priority(210)
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
