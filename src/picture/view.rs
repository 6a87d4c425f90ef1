//! An open view of a table: the rows of a query, in order, kept so as they change.
//!
//! A change moves one entry. A new query is worked off in slices, so that a key never waits for it; until it
//! is done, the rows of before stay in sight.

use std::cmp::Ordering;

use super::columns::{Filter, Matcher, Names, Sort, Tabled};
use super::model::{PodRow, WorkloadRow};
use super::sources::Sources;
use super::table::{Slot, Table};
use crate::platform::object::{Kind, Symbol, Uid};
use crate::platform::zone::ZoneId;

/// Which rows to show, in which order.
#[derive(Debug)]
pub struct Query<R: Tabled> {
    /// These namespaces; none means all.
    pub namespaces: Vec<Symbol>,
    /// This zone; `Some(None)` is what is in none.
    pub zone: Option<Option<ZoneId>>,
    /// What belongs to this workload: kind, namespace, name.
    pub workload: Option<(Kind, Symbol, Symbol)>,
    /// What runs on this node.
    pub node: Option<Symbol>,
    /// What matches this filter.
    pub filter: Filter,
    /// The order.
    pub sort: Sort<R::Column>,
}

impl<R: Tabled> Clone for Query<R> {
    fn clone(&self) -> Self {
        Query {
            namespaces: self.namespaces.clone(),
            zone: self.zone,
            workload: self.workload.clone(),
            node: self.node.clone(),
            filter: self.filter.clone(),
            sort: self.sort,
        }
    }
}

impl<R: Tabled> PartialEq for Query<R> {
    fn eq(&self, other: &Self) -> bool {
        self.sort == other.sort && self.filter == other.filter && self.same_scope(other)
    }
}

impl<R: Tabled> Default for Query<R> {
    fn default() -> Self {
        Query {
            namespaces: Vec::new(),
            zone: None,
            workload: None,
            node: None,
            filter: Filter::default(),
            sort: Sort::default(),
        }
    }
}

impl<R: Tabled> Query<R> {
    fn same_scope(&self, other: &Self) -> bool {
        self.namespaces == other.namespaces
            && self.zone == other.zone
            && self.workload == other.workload
            && self.node == other.node
    }
}

/// What a row belongs to, beyond what every row has.
pub trait Belongs {
    /// Whether it belongs to that workload.
    fn belongs_to(&self, kind: Kind, namespace: &str, name: &str) -> bool;
    /// Whether it runs on that node.
    fn runs_on(&self, node: &str) -> bool;
}

impl Belongs for PodRow {
    fn belongs_to(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        let owned = |owner: &Option<super::model::Owner>| {
            owner.as_ref().is_some_and(|owner| *owner.name == *name && *owner.kind == *kind.name())
        };
        *self.namespace == *namespace && (owned(&self.workload) || owned(&self.owner))
    }

    fn runs_on(&self, node: &str) -> bool {
        self.node.as_deref() == Some(node)
    }
}

impl Belongs for WorkloadRow {
    fn belongs_to(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        self.kind == kind && *self.namespace == *namespace && *self.name == *name
    }

    fn runs_on(&self, _node: &str) -> bool {
        false
    }
}

/// How many rows one slice of work looks at.
const SLICE: usize = 512;

/// The rows of one query, in order.
#[derive(Debug)]
struct Listing<R: Tabled> {
    query: Query<R>,
    order: Vec<Slot>,
    /// Rows in scope, before the filter.
    total: usize,
}

impl<R: Tabled + Belongs> Listing<R> {
    fn new(query: Query<R>) -> Self {
        Listing { query, order: Vec::new(), total: 0 }
    }

    fn in_scope(&self, row: &R) -> bool {
        let query = &self.query;
        (query.namespaces.is_empty() || query.namespaces.iter().any(|name| **name == *row.namespace()))
            && query.zone.is_none_or(|zone| row.zone() == zone)
            && query
                .workload
                .as_ref()
                .is_none_or(|(kind, namespace, name)| row.belongs_to(*kind, namespace, name))
            && query.node.as_ref().is_none_or(|node| row.runs_on(node))
    }

    fn enter(
        &mut self,
        table: &Table<R>,
        names: &Names,
        matcher: &mut Matcher,
        slots: impl Iterator<Item = Slot>,
    ) {
        let mut fresh = Vec::new();
        for slot in slots {
            let Some(row) = table.row(slot) else { continue };
            if self.in_scope(row) {
                self.total += 1;
                if matcher.matches(&self.query.filter, row, names) {
                    fresh.push(slot);
                }
            }
        }
        let query = &self.query;
        merge(&mut self.order, fresh, |left, right| order(query, table, names, left, right));
    }

    fn leave(&mut self, table: &Table<R>, names: &Names, slot: Slot) {
        let Some(row) = table.row(slot) else { return };
        if self.in_scope(row) {
            self.total = self.total.saturating_sub(1);
            if let Some(position) = self.position(table, names, slot) {
                self.order.remove(position);
            }
        }
    }

    fn position(&self, table: &Table<R>, names: &Names, slot: Slot) -> Option<usize> {
        let position =
            self.order.binary_search_by(|other| order(&self.query, table, names, *other, slot)).ok()?;
        (self.order.get(position) == Some(&slot)).then_some(position)
    }
}

/// An open view: the listing in sight, and the one that is to replace it, half worked off.
#[derive(Debug)]
pub(super) struct ViewState<R: Tabled> {
    shown: Option<Listing<R>>,
    coming: Option<(Listing<R>, usize)>,
    matcher: Matcher,
}

impl<R: Tabled> Default for ViewState<R> {
    fn default() -> Self {
        ViewState { shown: None, coming: None, matcher: Matcher::default() }
    }
}

impl<R: Tabled + Belongs> ViewState<R> {
    /// Shows another query, or nothing. True when that changes anything.
    pub(super) fn show(&mut self, query: Option<Query<R>>) -> bool {
        if query.as_ref() == self.query() {
            return false;
        }
        let same_scope = match (&self.shown, &query) {
            (Some(shown), Some(query)) => shown.query.same_scope(query),
            _ => false,
        };
        if !same_scope {
            // Rows of another place would mislead; rows of another order or filter do not.
            self.shown = None;
        }
        self.coming = query.map(|query| (Listing::new(query), 0));
        true
    }

    /// The query that was asked for last.
    fn query(&self) -> Option<&Query<R>> {
        let listing = self.coming.as_ref().map(|(listing, _)| listing).or(self.shown.as_ref());
        listing.map(|listing| &listing.query)
    }

    pub(super) fn unsettled(&self) -> bool {
        self.coming.is_some()
    }

    /// What is in sight: the listing of before as long as it is of the same place, else what there is of the new one.
    fn visible(&self) -> Option<&Listing<R>> {
        self.shown.as_ref().or(self.coming.as_ref().map(|(listing, _)| listing))
    }

    /// One slice of the coming listing. True when it is not done.
    pub(super) fn work(&mut self, table: &Table<R>, names: &Names) -> bool {
        let Some((listing, next)) = &mut self.coming else { return false };
        let end = (*next + SLICE).min(table.slots());
        listing.enter(table, names, &mut self.matcher, *next as Slot..end as Slot);
        *next = end;
        if end < table.slots() {
            return true;
        }
        self.shown = self.coming.take().map(|(listing, _)| listing);
        false
    }

    /// Takes a row out before it changes or goes: the table must still hold it as it was.
    pub(super) fn leave(&mut self, table: &Table<R>, names: &Names, slot: Slot) {
        if let Some(shown) = &mut self.shown {
            shown.leave(table, names, slot);
        }
        if let Some((coming, next)) = &mut self.coming
            && (slot as usize) < *next
        {
            coming.leave(table, names, slot);
        }
    }

    /// Puts rows in after they came or changed.
    pub(super) fn enter(&mut self, table: &Table<R>, names: &Names, slots: &[Slot]) {
        if let Some(shown) = &mut self.shown {
            shown.enter(table, names, &mut self.matcher, slots.iter().copied());
        }
        if let Some((coming, next)) = &mut self.coming {
            let passed = slots.iter().copied().filter(|slot| (*slot as usize) < *next);
            coming.enter(table, names, &mut self.matcher, passed);
        }
    }
}

fn order<R: Tabled>(query: &Query<R>, table: &Table<R>, names: &Names, left: Slot, right: Slot) -> Ordering {
    match (table.row(left), table.row(right)) {
        (Some(left), Some(right)) => query.sort.compare(left, right, names),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// Merges fresh slots into a sorted list: a search for each, and one pass of moves.
fn merge(sorted: &mut Vec<Slot>, mut fresh: Vec<Slot>, compare: impl Fn(Slot, Slot) -> Ordering) {
    fresh.sort_unstable_by(|left, right| compare(*left, *right));
    let mut end = sorted.len();
    sorted.resize(end + fresh.len(), 0);
    let mut target = sorted.len();
    for slot in fresh.into_iter().rev() {
        let position = sorted[..end].partition_point(|other| compare(*other, slot).is_lt());
        let moved = end - position;
        sorted.copy_within(position..end, target - moved);
        target -= moved + 1;
        sorted[target] = slot;
        end = position;
    }
}

/// The rows of a view, to read.
pub struct View<'a, R: Tabled> {
    state: &'a ViewState<R>,
    table: &'a Table<R>,
    names: &'a Names,
    sources: &'a Sources,
}

/// A row of a view.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a, R> {
    /// The row.
    pub row: &'a R,
    /// Whether its source says that it is so now.
    pub confirmed: bool,
}

impl<'a, R: Tabled + Belongs> View<'a, R> {
    pub(super) fn new(
        state: &'a ViewState<R>,
        table: &'a Table<R>,
        names: &'a Names,
        sources: &'a Sources,
    ) -> Self {
        View { state, table, names, sources }
    }

    /// How many rows match.
    pub fn len(&self) -> usize {
        self.state.visible().map_or(0, |listing| listing.order.len())
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows the scope has before the filter.
    pub fn total(&self) -> usize {
        self.state.visible().map_or(0, |listing| listing.total)
    }

    /// Whether the present query has been worked off.
    pub fn settled(&self) -> bool {
        !self.state.unsettled()
    }

    /// The row at that place.
    pub fn row(&self, index: usize) -> Option<Shown<'a, R>> {
        let slot = *self.state.visible()?.order.get(index)?;
        let confirmation = self.table.confirmation(slot)?;
        Some(Shown { row: self.table.row(slot)?, confirmed: self.sources.confirms(confirmation) })
    }

    /// The place of the object of that identity.
    pub fn index_of(&self, uid: Uid) -> Option<usize> {
        let slot = self.table.slot_of(uid)?;
        let listing = self.state.visible()?;
        if !listing.in_scope(self.table.row(slot)?) {
            return None;
        }
        listing.position(self.table, self.names, slot)
    }
}
