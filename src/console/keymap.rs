//! The keymap: a trie of keys for each context, from the shipped file with the user's laid over it.
//!
//! In a trie a key is either complete or the beginning of longer ones, never both, and what can follow
//! the keys pressed so far is there to be shown.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::key::Key;
use crate::config::{BindingEntry, Diagnostic, KeymapFile};

/// Takes a binding away.
const UNBOUND: &str = "unbound";

/// The keys of every context. `A` is what a key asks for.
#[derive(Debug, Clone)]
pub struct Keymap<A> {
    contexts: HashMap<String, Branch<A>>,
}

/// What a keymap's words mean: said by their owners.
pub struct Rules<'r, A> {
    /// The names of the contexts.
    pub contexts: &'r [&'r str],
    /// The action that an invocation, `noun.verb argument=value …`, asks for.
    pub resolve: &'r dyn Fn(&str) -> Result<A, ResolveError>,
    /// Why an action may not be on these keys, if it may not.
    pub forbidden: &'r dyn Fn(&[Key], &A) -> Option<String>,
}

/// An invocation that isn't right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveError {
    /// What is wrong with it.
    pub message: String,
    /// The nearest right word.
    pub nearest: Option<String>,
}

/// What the keys pressed so far come to.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup<'k, A> {
    /// They ask for this.
    Action(&'k A),
    /// They begin something; these keys can follow.
    Prefix(Vec<(Key, Continuation<'k, A>)>),
    /// They are bound to nothing.
    Unbound,
}

/// What a further key would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuation<'k, A> {
    /// It asks for this.
    Action(&'k A),
    /// It begins something longer.
    More,
}

type Branch<A> = IndexMap<Key, Node<A>>;

#[derive(Debug, Clone)]
enum Node<A> {
    /// An action; nothing where the keys are unbound, which hides the bindings of outer contexts too.
    Leaf(Option<A>),
    Branch(Branch<A>),
}

impl<A> Keymap<A> {
    /// Makes a keymap of the shipped file and the user's, which wins wherever both say something.
    ///
    /// # Errors
    ///
    /// Every problem of both files: of their form, unknown contexts, keys and actions, keys that are bound twice in one
    /// context of one file or both complete and the beginning of others, forbidden bindings.
    pub fn build(
        shipped: &KeymapFile,
        user: Option<&KeymapFile>,
        rules: &Rules<'_, A>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut keymap = Self { contexts: HashMap::new() };
        let mut problems = Vec::new();
        for file in std::iter::once(shipped).chain(user) {
            let mut found = file.problems.clone();
            let contexts = read(file, rules, &mut found);
            problems.extend(Diagnostic::in_order(found));
            for (context, bindings) in contexts {
                let branch = keymap.contexts.entry(context).or_default();
                for (keys, action) in bindings {
                    overlay(branch, &keys, action);
                }
            }
        }
        if problems.is_empty() { Ok(keymap) } else { Err(problems) }
    }

    /// What the pending keys come to in these contexts, of which the innermost is named first and decides.
    pub fn lookup(&self, contexts: &[&str], pending: &[Key]) -> Lookup<'_, A> {
        let mut following: IndexMap<Key, Continuation<'_, A>> = IndexMap::new();
        let mut hidden = Vec::new();
        for branch in contexts.iter().filter_map(|context| self.contexts.get(*context)) {
            match find(branch, pending) {
                Some(Node::Leaf(action)) if following.is_empty() => {
                    return action.as_ref().map_or(Lookup::Unbound, Lookup::Action);
                }
                Some(Node::Branch(next)) => collect(next, &mut following, &mut hidden),
                Some(Node::Leaf(_)) => break,
                None => {}
            }
        }
        if following.is_empty() { Lookup::Unbound } else { Lookup::Prefix(following.into_iter().collect()) }
    }

    /// The shortest keys that ask in these contexts (innermost first) for an action that matches; of
    /// several equally short, the first declared.
    pub fn keys_for(&self, contexts: &[&str], matches: impl Fn(&A) -> bool) -> Option<Vec<Key>> {
        let mut found: Vec<Vec<Key>> = Vec::new();
        for context in contexts {
            let bound = self.bindings(context).into_iter().filter(|(_, action)| matches(action));
            found.extend(bound.map(|(keys, _)| keys));
        }
        found.sort_by_key(Vec::len);
        // An inner context may have given the same keys another meaning.
        found
            .into_iter()
            .find(|keys| matches!(self.lookup(contexts, keys), Lookup::Action(action) if matches(action)))
    }

    /// Every binding of one context, in the order of declaration.
    pub fn bindings(&self, context: &str) -> Vec<(Vec<Key>, &A)> {
        let mut bindings = Vec::new();
        if let Some(branch) = self.contexts.get(context) {
            walk(branch, &mut Vec::new(), &mut bindings);
        }
        bindings
    }
}

fn find<'b, A>(branch: &'b Branch<A>, keys: &[Key]) -> Option<&'b Node<A>> {
    let (first, rest) = keys.split_first()?;
    match branch.get(first)? {
        node if rest.is_empty() => Some(node),
        Node::Branch(next) => find(next, rest),
        Node::Leaf(_) => None,
    }
}

/// Adds what can follow in one context to what can follow in those further in.
fn collect<'b, A>(
    branch: &'b Branch<A>,
    following: &mut IndexMap<Key, Continuation<'b, A>>,
    hidden: &mut Vec<Key>,
) {
    for (key, node) in branch {
        if following.contains_key(key) || hidden.contains(key) {
            continue;
        }
        match node {
            Node::Leaf(Some(action)) => {
                following.insert(*key, Continuation::Action(action));
            }
            Node::Leaf(None) => hidden.push(*key),
            Node::Branch(_) => {
                following.insert(*key, Continuation::More);
            }
        }
    }
}

fn walk<'b, A>(branch: &'b Branch<A>, keys: &mut Vec<Key>, bindings: &mut Vec<(Vec<Key>, &'b A)>) {
    for (key, node) in branch {
        keys.push(*key);
        match node {
            Node::Leaf(Some(action)) => bindings.push((keys.clone(), action)),
            Node::Leaf(None) => {}
            Node::Branch(next) => walk(next, keys, bindings),
        }
        keys.pop();
    }
}

/// Binds keys, in place of whatever they, their beginning or their continuations were bound to.
fn overlay<A>(branch: &mut Branch<A>, keys: &[Key], action: Option<A>) {
    match keys {
        [] => {}
        [last] => {
            branch.insert(*last, Node::Leaf(action));
        }
        [first, rest @ ..] => {
            let node = branch.entry(*first).or_insert_with(|| Node::Branch(IndexMap::new()));
            if let Node::Leaf(_) = node {
                *node = Node::Branch(IndexMap::new());
            }
            if let Node::Branch(next) = node {
                overlay(next, rest, action);
            }
        }
    }
}

type Bindings<A> = Vec<(Vec<Key>, Option<A>)>;

/// Reads the bindings of one file, context by context, leaving out what is wrong.
fn read<A>(
    file: &KeymapFile,
    rules: &Rules<'_, A>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<(String, Bindings<A>)> {
    let mut contexts = Vec::new();
    for context in &file.contexts {
        let name = context.name.get_ref();
        if !rules.contexts.contains(&name.as_str()) {
            let known = rules.contexts.iter().copied();
            problems.push(file.source.unknown_word(context.name.span(), "context", name, known));
        }
        let mut seen: Vec<(Vec<Key>, &BindingEntry)> = Vec::new();
        let mut bindings = Vec::new();
        for entry in &context.bindings {
            let keys = read_keys(file, entry, problems);
            let action = read_action(file, entry, rules, problems);
            let Some(keys) = keys else { continue };
            if let Some((other, earlier)) = seen.iter().find(|(other, _)| begins(other, &keys)) {
                problems.push(conflict(file, entry, &keys, other, earlier));
                continue;
            }
            seen.push((keys.clone(), entry));
            let Some(action) = action else { continue };
            if let Some(why) = action.as_ref().and_then(|action| (rules.forbidden)(&keys, action)) {
                problems.push(file.source.problem(entry.keys.span(), why));
                continue;
            }
            bindings.push((keys, action));
        }
        contexts.push((name.clone(), bindings));
    }
    contexts
}

fn read_keys(file: &KeymapFile, entry: &BindingEntry, problems: &mut Vec<Diagnostic>) -> Option<Vec<Key>> {
    match Key::parse_sequence(entry.keys.get_ref()) {
        Ok(keys) => Some(keys),
        Err(unknown) => {
            let problem = file.source.problem(entry.keys.span(), unknown.to_string());
            problems.push(match unknown.nearest {
                Some(right) => problem.with_help(format!("did you mean `{right}`?")),
                None => problem,
            });
            None
        }
    }
}

/// The action of a binding; `Some(None)` where the keys are to be unbound.
fn read_action<A>(
    file: &KeymapFile,
    entry: &BindingEntry,
    rules: &Rules<'_, A>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Option<A>> {
    if entry.invocation.get_ref() == UNBOUND {
        return Some(None);
    }
    match (rules.resolve)(entry.invocation.get_ref()) {
        Ok(action) => Some(Some(action)),
        Err(error) => {
            let problem = file.source.problem(entry.invocation.span(), error.message);
            problems.push(match error.nearest {
                Some(right) => problem.with_help(format!("did you mean `{right}`?")),
                None => problem,
            });
            None
        }
    }
}

/// Whether either is the same as the other, or its beginning.
fn begins(one: &[Key], other: &[Key]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn conflict(
    file: &KeymapFile,
    entry: &BindingEntry,
    keys: &[Key],
    other: &[Key],
    earlier: &BindingEntry,
) -> Diagnostic {
    let line = file.source.position(earlier.keys.span()).line;
    let (keys_text, other_text) = (written(keys), written(other));
    let message = if keys == other {
        format!("`{keys_text}` is bound twice in this context")
    } else if keys.len() < other.len() {
        format!("`{keys_text}` can't be bound: it begins `{other_text}`")
    } else {
        format!("`{keys_text}` can't be bound: `{other_text}`, its beginning, is bound by itself")
    };
    let help = format!("`{other_text}` is bound to `{}` on line {line}", earlier.invocation.get_ref());
    file.source.problem(entry.keys.span(), message).with_help(help)
}

/// Keys as they are written in a keymap: separated by spaces.
pub fn written(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}
