//! What can be sorted by and filtered for: columns, their values, comparators and predicates.

mod filter;
mod fuzzy;
mod matcher;
mod pods;
mod workloads;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

pub use filter::{Filter, FilterError};
pub use matcher::Matcher;
pub use pods::PodColumn;
pub use workloads::WorkloadColumn;

use super::model::Row;
use crate::platform::object::Symbol;
use crate::platform::time::Instant;
use crate::platform::zone::ZoneId;

/// The value of a column in a row, typed for `snapshot` and for comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Count(u64),
    /// So many of so many.
    Ratio(u32, u32),
    /// An instant.
    Time(Instant),
    /// An address, which is in order by its numbers.
    Address(IpAddr),
    /// There is none.
    Missing,
}

impl Value<'_> {
    /// The value as the filter `column=value` sees it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Count(count) => Cow::Owned(count.to_string()),
            Value::Ratio(part, whole) => Cow::Owned(format!("{part}/{whole}")),
            Value::Time(instant) => Cow::Owned(instant.rfc3339()),
            Value::Address(address) => Cow::Owned(address.to_string()),
            Value::Missing => Cow::Borrowed(""),
        }
    }

    fn compare(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Value::Text(left), Value::Text(right)) => compare_texts(left, right),
            (Value::Address(left), Value::Address(right)) => left.cmp(right),
            (Value::Count(left), Value::Count(right)) => left.cmp(right),
            (Value::Ratio(left, left_whole), Value::Ratio(right, right_whole)) => {
                let missing = |part: &u32, whole: &u32| whole.saturating_sub(*part);
                missing(left, left_whole)
                    .cmp(&missing(right, right_whole))
                    .reverse()
                    .then_with(|| left.cmp(right))
                    .then_with(|| left_whole.cmp(right_whole))
            }
            // The youngest first: an age grows as the instant gets smaller.
            (Value::Time(left), Value::Time(right)) => right.cmp(left),
            (Value::Missing, Value::Missing) => Ordering::Equal,
            (Value::Missing, _) => Ordering::Greater,
            (_, Value::Missing) => Ordering::Less,
            _ => self.text().cmp(&other.text()),
        }
    }
}

/// A column of a kind of rows.
pub trait ColumnKey: Copy + Eq + std::fmt::Debug + Default + 'static {
    /// Every column, in the order of the table.
    const ALL: &'static [Self];

    /// The name by which filters, `table.sort` and `snapshot` know it.
    fn name(self) -> &'static str;

    /// Whether its values are counts, which a filter can compare with numbers.
    fn is_count(self) -> bool;

    /// The column of that name.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.name() == name)
    }
}

/// How many texts beyond name and namespace a word of a filter looks at.
pub const SEARCHED: usize = 3;

/// A row that a table can show.
pub trait Tabled: Row + 'static {
    /// Its columns.
    type Column: ColumnKey;

    /// The value of a column.
    fn value<'a>(&'a self, column: Self::Column, names: &'a Names) -> Value<'a>;

    /// Where a value stands in its column's order, where that is not the order of what it says. Values of the same rank
    /// are in the order of what they say.
    fn rank(&self, _column: Self::Column) -> Option<u32> {
        None
    }

    /// The zone that it is in.
    fn zone(&self) -> Option<ZoneId>;

    /// What a word of a filter looks at after name and namespace; empty where there is none.
    fn searched(&self) -> [&str; SEARCHED];
}

/// Names of what rows refer to by number.
#[derive(Debug, Clone, Default)]
pub struct Names {
    zones: Vec<Symbol>,
}

impl Names {
    /// The names of these zones, in order.
    pub fn new(zones: impl IntoIterator<Item = Symbol>) -> Self {
        Names { zones: zones.into_iter().collect() }
    }

    /// The name of a zone; `unzoned` for none.
    pub fn zone(&self, zone: Option<ZoneId>) -> &str {
        zone.and_then(|zone| self.zones.get(usize::from(zone.0))).map_or("unzoned", |name| name)
    }
}

/// What a view is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort<C> {
    /// The column.
    pub column: C,
    /// Largest first.
    pub descending: bool,
}

impl<C: ColumnKey> Sort<C> {
    /// The order of two rows: by the column, then by namespace and name, then by identity, so that it is total.
    pub fn compare<R: Tabled<Column = C>>(&self, left: &R, right: &R, names: &Names) -> Ordering {
        let (value, other) = (left.value(self.column, names), right.value(self.column, names));
        let order = match (left.rank(self.column), right.rank(self.column)) {
            (Some(rank), Some(other_rank)) => rank.cmp(&other_rank).then_with(|| value.compare(&other)),
            _ => value.compare(&other),
        };
        // What is missing comes last in either direction.
        let turned = self.descending && value != Value::Missing && other != Value::Missing;
        let order = if turned { order.reverse() } else { order };
        order
            .then_with(|| compare_texts(left.namespace(), right.namespace()))
            .then_with(|| left.name().cmp(right.name()))
            .then_with(|| left.uid().cmp(&right.uid()))
    }
}

/// Compares two texts; of interned ones that are the same not a byte is read.
fn compare_texts(left: &str, right: &str) -> Ordering {
    if std::ptr::eq(left, right) { Ordering::Equal } else { left.cmp(right) }
}

/// The repository of an image, without its tag and digest.
pub fn image_name(image: &str) -> &str {
    split_image(image).0
}

/// The tag of an image, or the start of its digest.
pub fn image_tag(image: &str) -> &str {
    split_image(image).1
}

fn split_image(image: &str) -> (&str, &str) {
    let (path, digest) = image.split_once('@').map_or((image, None), |(path, digest)| (path, Some(digest)));
    let name_from = path.rfind('/').map_or(0, |slash| slash + 1);
    match path[name_from..].rfind(':') {
        Some(colon) => (&path[..name_from + colon], &path[name_from + colon + 1..]),
        None => {
            let digest = digest.unwrap_or_default();
            let digest = digest.split_once(':').map_or(digest, |(_, hex)| hex);
            (path, digest.get(..12).unwrap_or(digest))
        }
    }
}
