//! Strings that repeat are kept once.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::platform::object::Symbol;

/// The labels of an object, sorted by name. Objects of one template share one set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels(Box<[(Symbol, Symbol)]>);

impl Labels {
    /// The labels of these pairs; of two with one name the last holds.
    pub fn new(pairs: impl IntoIterator<Item = (Symbol, Symbol)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.reverse();
        pairs.sort_by(|left, right| left.0.cmp(&right.0));
        pairs.dedup_by(|later, earlier| later.0 == earlier.0);
        Labels(pairs.into_boxed_slice())
    }

    /// The value of a label.
    pub fn get(&self, name: &str) -> Option<&str> {
        let position = self.0.binary_search_by(|(candidate, _)| (**candidate).cmp(name)).ok()?;
        self.0.get(position).map(|(_, value)| &**value)
    }

    /// Every label, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Keeps one copy of each string, label set and image list that a source delivers.
#[derive(Debug, Default)]
pub struct Interner {
    symbols: FxHashSet<Symbol>,
    labels: FxHashSet<SharedLabels>,
    lists: FxHashSet<Arc<[Symbol]>>,
    forget_at: usize,
}

#[derive(Debug)]
struct SharedLabels(Arc<Labels>);

impl PartialEq for SharedLabels {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for SharedLabels {}

impl Hash for SharedLabels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::borrow::Borrow<Labels> for SharedLabels {
    fn borrow(&self) -> &Labels {
        &self.0
    }
}

/// Below this many entries nothing is worth forgetting.
const FORGET_FLOOR: usize = 4096;

impl Interner {
    /// The one copy of a string.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(known) = self.symbols.get(text) {
            return known.clone();
        }
        self.forget_unused();
        let symbol = Symbol::from(text);
        self.symbols.insert(symbol.clone());
        symbol
    }

    /// The one copy of a label set.
    pub fn labels<'a>(&mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Arc<Labels> {
        let pairs: Vec<_> =
            pairs.into_iter().map(|(name, value)| (self.symbol(name), self.symbol(value))).collect();
        let labels = Labels::new(pairs);
        if let Some(known) = self.labels.get(&labels) {
            return known.0.clone();
        }
        let shared = Arc::new(labels);
        self.labels.insert(SharedLabels(shared.clone()));
        shared
    }

    /// The one copy of a list of strings.
    pub fn list<'a>(&mut self, items: impl IntoIterator<Item = &'a str>) -> Arc<[Symbol]> {
        let items: Vec<Symbol> = items.into_iter().map(|item| self.symbol(item)).collect();
        if let Some(known) = self.lists.get(items.as_slice()) {
            return known.clone();
        }
        let shared: Arc<[Symbol]> = items.into();
        self.lists.insert(shared.clone());
        shared
    }

    /// How many strings are kept.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// Forgets what no row uses any more, each time the number of entries has doubled.
    fn forget_unused(&mut self) {
        if self.symbols.len() < self.forget_at.max(FORGET_FLOOR) {
            return;
        }
        self.labels.retain(|labels| Arc::strong_count(&labels.0) > 1);
        self.lists.retain(|list| Arc::strong_count(list) > 1);
        self.symbols.retain(|symbol| Arc::strong_count(symbol) > 1);
        self.forget_at = self.symbols.len() * 2;
    }
}
