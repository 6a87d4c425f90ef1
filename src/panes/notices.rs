//! What a pane says about sources that are not live.

use crate::panes::words::{counted, safe};
use crate::picture::model::Scope;
use crate::picture::{Picture, SourceState};
use crate::platform::age;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, Symbol};
use crate::platform::time::Instant;
use crate::theme::{Slot, Symbols};
use crate::widgets::line::StyledLine;

/// How many namespaces a notice names before it only counts them.
const NAMED_NAMESPACES: usize = 2;

/// Whether rows or their details are still arriving from any of these sources.
pub(super) fn arriving(picture: &Picture, kinds: &[Kind]) -> bool {
    kinds.iter().any(|kind| picture.source(*kind).arriving)
}

/// Whether what is shown of these kinds is all that there is.
pub(super) fn all_live(picture: &Picture, kinds: &[Kind]) -> bool {
    kinds.iter().all(|kind| {
        let source = picture.source(*kind);
        source.freshness == Freshness::Live && !source.arriving
    })
}

/// The instants from which sources of these kinds have not been live, for whoever keeps ages up to date.
pub(super) fn stale_since(picture: &Picture, kinds: &[Kind]) -> Vec<Instant> {
    let sources = picture.sources().into_iter().filter(|(key, _)| kinds.contains(&key.kind));
    sources.filter_map(|(_, state)| state.freshness.since()).collect()
}

/// What is known of kinds of objects, and if nothing is, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Knowledge {
    /// Their rows are there, or at least have been.
    #[default]
    Known,
    /// Nothing has arrived yet, or nothing answers.
    Awaited,
    /// This user may not list them.
    Forbidden,
    /// The cluster does not serve them.
    Unserved,
}

impl Knowledge {
    /// What to say instead of a count; nothing where there is one.
    pub(super) const fn word(self) -> Option<&'static str> {
        match self {
            Knowledge::Known => None,
            Knowledge::Awaited => Some("?"),
            Knowledge::Forbidden => Some("not permitted"),
            Knowledge::Unserved => Some("not served"),
        }
    }

    /// Whether nothing will come of waiting.
    pub(super) const fn is_off(self) -> bool {
        matches!(self, Knowledge::Forbidden | Knowledge::Unserved)
    }

    fn of_reason(reason: &str) -> Self {
        if reason.contains("does not serve") { Knowledge::Unserved } else { Knowledge::Forbidden }
    }
}

/// What is known of these kinds together. One source that has told something is enough: what it lacks, a notice says.
pub(super) fn knowledge(picture: &Picture, kinds: &[Kind]) -> Knowledge {
    let mut found = None;
    for (_, state) in picture.each_source().filter(|(key, _)| kinds.contains(&key.kind)) {
        let known = match &state.freshness {
            Freshness::Live | Freshness::Stale(_) | Freshness::Loading => return Knowledge::Known,
            Freshness::Off(reason) => Knowledge::of_reason(reason),
            Freshness::Waiting | Freshness::Down(..) => Knowledge::Awaited,
        };
        // What may still come counts for more than what will not.
        if found.is_none_or(Knowledge::is_off) {
            found = Some(known);
        }
    }
    found.unwrap_or(Knowledge::Awaited)
}

/// A line for each thing that is wrong with these sources: what, since when, and why. Sources with the same trouble share
/// one. Where there are no rows, [`absence`] says why, and no notice says it again.
pub(super) fn notices(
    picture: &Picture,
    kinds: &[Kind],
    rows: bool,
    now: Instant,
    symbols: &Symbols,
) -> Vec<StyledLine> {
    let mut groups: Vec<Group> = Vec::new();
    for (key, state) in picture.sources() {
        if !kinds.contains(&key.kind) {
            continue;
        }
        for trouble in troubles(&state) {
            if !rows && trouble.explains_absence() {
                continue;
            }
            let known = groups.iter().position(|group| group.trouble == trouble);
            let index = known.unwrap_or_else(|| {
                groups.push(Group { trouble, ..Group::default() });
                groups.len() - 1
            });
            groups[index].add(key.kind, &key.scope, &state);
        }
    }
    groups.into_iter().map(|group| group.line(now, symbols)).collect()
}

/// Why there are no rows, where the sources are the reason, and what can be done about it.
pub(super) fn absence(picture: &Picture, kinds: &[Kind], server: &str, now: Instant) -> Option<String> {
    let sources: Vec<_> =
        picture.sources().into_iter().filter(|(key, _)| kinds.contains(&key.kind)).collect();
    let silent = sources.iter().rev().find_map(|(_, state)| match &state.freshness {
        Freshness::Down(since, reason) => Some((*since, reason)),
        _ => None,
    });
    if let Some((since, reason)) = silent {
        let elapsed = age::age(since, now);
        let reason = safe(reason);
        // Most reasons name the server themselves, and in the same words.
        let reason = reason.strip_prefix(server).map_or(&*reason, str::trim_start);
        let reason = reason.strip_prefix("is not reachable: ").unwrap_or(reason);
        return Some(format!("{server} not reachable for {elapsed}: {reason}; trying again"));
    }
    if arriving(picture, kinds) {
        return Some(format!("waiting for {server}"));
    }
    if let Some(since) = sources.iter().filter_map(|(_, state)| state.freshness.since()).min() {
        return Some(format!("{server} not heard of for {}; trying again", age::age(since, now)));
    }
    let (key, reason) = sources.iter().find_map(|(key, state)| match &state.freshness {
        Freshness::Off(reason) => Some((key, reason)),
        _ => None,
    })?;
    let mut names: Vec<&str> = Vec::new();
    for (key, _) in sources.iter().filter(|(_, state)| matches!(state.freshness, Freshness::Off(_))) {
        if !names.contains(&key.kind.resource()) {
            names.push(key.kind.resource());
        }
    }
    let names = names.join(", ");
    Some(match (Knowledge::of_reason(reason), &key.scope) {
        (Knowledge::Unserved, _) => format!("{}; trying again", safe(reason)),
        (_, Scope::Namespace(_)) => format!(
            "you may not list {names} here; ask for `list` and `watch` on them, or choose another namespace. {}",
            safe(reason)
        ),
        (_, Scope::Cluster) => format!(
            "you may not list {names}; ask for `list` and `watch` on them, or name the namespaces that you may see \
             with --namespace. {}",
            safe(reason)
        ),
    })
}

/// One kind of trouble that a source can have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Trouble {
    #[default]
    Stale,
    Down(String),
    /// Whatever the server said: each kind is refused in words of its own.
    Forbidden,
    Unserved,
    Unreadable(String),
}

impl Trouble {
    /// Whether it is why there are no rows.
    const fn explains_absence(&self) -> bool {
        !matches!(self, Trouble::Unreadable(_))
    }
}

/// The troubles of one source.
fn troubles(state: &SourceState) -> Vec<Trouble> {
    let of_freshness = match &state.freshness {
        Freshness::Waiting | Freshness::Loading | Freshness::Live => None,
        Freshness::Stale(_) => Some(Trouble::Stale),
        Freshness::Down(_, reason) => Some(Trouble::Down(reason.clone())),
        Freshness::Off(reason) => Some(match Knowledge::of_reason(reason) {
            Knowledge::Unserved => Trouble::Unserved,
            _ => Trouble::Forbidden,
        }),
    };
    let reason = || state.unreadable_reason.clone().unwrap_or_default();
    let unreadable = (state.unreadable > 0).then(|| Trouble::Unreadable(reason()));
    of_freshness.into_iter().chain(unreadable).collect()
}

/// The sources that have the same trouble.
#[derive(Debug, Default)]
struct Group {
    trouble: Trouble,
    kinds: Vec<&'static str>,
    namespaces: Vec<Symbol>,
    since: Option<Instant>,
    unreadable: u64,
}

impl Group {
    fn add(&mut self, kind: Kind, scope: &Scope, state: &SourceState) {
        if !self.kinds.contains(&kind.resource()) {
            self.kinds.push(kind.resource());
        }
        if let Scope::Namespace(namespace) = scope
            && !self.namespaces.contains(namespace)
        {
            self.namespaces.push(namespace.clone());
        }
        self.since = self.since.into_iter().chain(state.freshness.since()).min();
        self.unreadable += state.unreadable;
    }

    fn line(self, now: Instant, symbols: &Symbols) -> StyledLine {
        let subject = self.subject();
        let elapsed = self.since.map(|since| format!(" for {}", age::age(since, now))).unwrap_or_default();
        let (symbol, slot, text, reason) = match self.trouble {
            Trouble::Stale => {
                let text = format!("{subject} stale{elapsed}; trying again");
                (symbols.warning, Slot::Warning, text, String::new())
            }
            Trouble::Down(reason) => {
                let text = format!("{subject} stale{elapsed}");
                (symbols.bad, Slot::Bad, text, format!("{}; trying again", safe(&reason)))
            }
            Trouble::Forbidden => {
                (symbols.unknown, Slot::Unknown, format!("not permitted: {subject}"), String::new())
            }
            Trouble::Unserved => {
                (symbols.done, Slot::Muted, format!("not served here: {subject}"), String::new())
            }
            Trouble::Unreadable(reason) => {
                let count = usize::try_from(self.unreadable).unwrap_or(usize::MAX);
                let lacking = counted(count, "object", "objects");
                let text = format!("{subject} lack {lacking} that could not be read");
                (symbols.warning, Slot::Warning, text, safe(&reason).into_owned())
            }
        };
        let line = StyledLine::new(format!("{symbol} {text}"), slot);
        if reason.is_empty() { line } else { line.and(format!(": {reason}"), Slot::Text) }
    }

    fn subject(&self) -> String {
        let kinds = self.kinds.join(", ");
        match self.namespaces.len() {
            0 => kinds,
            1..=NAMED_NAMESPACES => {
                let names: Vec<_> = self.namespaces.iter().map(|name| safe(name)).collect();
                format!("{kinds} in {}", names.join(", "))
            }
            count => format!("{kinds} in {count} namespaces"),
        }
    }
}
