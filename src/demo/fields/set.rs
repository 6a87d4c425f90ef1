//! Sets of fields, and their form in `fieldsV1`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::{FieldPath, PathElement};

/// A set of fields, as a tree of the steps to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet {
    nodes: BTreeMap<PathElement, Node>,
}

/// What a set has under one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Whether the field itself is in the set.
    pub member: bool,
    /// What is in the set of its parts.
    pub children: FieldSet,
}

impl Node {
    fn is_empty(&self) -> bool {
        !self.member && self.children.is_empty()
    }
}

impl FieldSet {
    /// The set of these fields, each a path of names.
    pub fn of(paths: &[&[&str]]) -> Self {
        let mut set = FieldSet::default();
        for path in paths {
            let path: FieldPath = path.iter().map(|name| PathElement::field(name)).collect();
            set.insert(&path);
        }
        set
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds a field. The root itself is never in a set.
    pub fn insert(&mut self, path: &[PathElement]) {
        let Some((first, rest)) = path.split_first() else { return };
        let node = self.nodes.entry(first.clone()).or_default();
        if rest.is_empty() {
            node.member = true;
        } else {
            node.children.insert(rest);
        }
    }

    /// Puts what is known of a step in its place.
    pub fn put(&mut self, element: PathElement, node: Node) {
        if !node.is_empty() {
            self.nodes.insert(element, node);
        }
    }

    /// Whether the field is in the set.
    pub fn has(&self, path: &[PathElement]) -> bool {
        match path.split_first() {
            None => false,
            Some((first, [])) => self.nodes.get(first).is_some_and(|node| node.member),
            Some((first, rest)) => self.nodes.get(first).is_some_and(|node| node.children.has(rest)),
        }
    }

    /// What the set has under a step.
    pub fn node(&self, element: &PathElement) -> Option<&Node> {
        self.nodes.get(element)
    }

    /// The steps that lead on from the root, with what is under them.
    pub fn nodes(&self) -> impl Iterator<Item = (&PathElement, &Node)> {
        self.nodes.iter()
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &FieldSet) -> FieldSet {
        let mut united = self.clone();
        for (element, node) in &other.nodes {
            let own = united.nodes.entry(element.clone()).or_default();
            own.member |= node.member;
            own.children = own.children.union(&node.children);
        }
        united
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &FieldSet) -> FieldSet {
        self.each(|element, node| match other.nodes.get(element) {
            Some(other) => Node {
                member: node.member && other.member,
                children: node.children.intersection(&other.children),
            },
            None => Node::default(),
        })
    }

    /// What is in this one alone.
    #[must_use]
    pub fn difference(&self, other: &FieldSet) -> FieldSet {
        self.each(|element, node| match other.nodes.get(element) {
            Some(other) => Node {
                member: node.member && !other.member,
                children: node.children.difference(&other.children),
            },
            None => node.clone(),
        })
    }

    /// What is in this one, and neither in the other nor a part of what is.
    #[must_use]
    pub fn without(&self, other: &FieldSet) -> FieldSet {
        self.each(|element, node| match other.nodes.get(element) {
            Some(other) if other.member => Node::default(),
            Some(other) => Node { member: node.member, children: node.children.without(&other.children) },
            None => node.clone(),
        })
    }

    fn each(&self, change: impl Fn(&PathElement, &Node) -> Node) -> FieldSet {
        let nodes = self.nodes.iter().map(|(element, node)| (element.clone(), change(element, node)));
        FieldSet { nodes: nodes.filter(|(_, node)| !node.is_empty()).collect() }
    }

    /// The paths of its fields: of each level first the fields themselves, then their parts.
    pub fn paths(&self) -> Vec<FieldPath> {
        let mut paths = Vec::new();
        self.collect_paths(&mut Vec::new(), &mut paths);
        paths
    }

    fn collect_paths(&self, prefix: &mut FieldPath, paths: &mut Vec<FieldPath>) {
        for (element, _) in self.nodes.iter().filter(|(_, node)| node.member) {
            paths.push(prefix.iter().chain([element]).cloned().collect());
        }
        for (element, node) in &self.nodes {
            prefix.push(element.clone());
            node.children.collect_paths(prefix, paths);
            prefix.pop();
        }
    }

    /// The set as `fieldsV1`.
    pub fn encode(&self) -> Value {
        let fields = self.nodes.iter().map(|(element, node)| {
            let mut content = match node.children.encode() {
                Value::Object(content) => content,
                _ => Map::new(),
            };
            if node.member && !content.is_empty() {
                content.insert(".".to_owned(), Value::Object(Map::new()));
            }
            (element.encode(), Value::Object(content))
        });
        Value::Object(fields.collect())
    }

    /// Reads `fieldsV1`; `None` where it isn't a set.
    pub fn decode(fields: &Value) -> Option<FieldSet> {
        let mut set = FieldSet::default();
        for (key, content) in fields.as_object()?.iter().filter(|(key, _)| *key != ".") {
            let content = content.as_object()?;
            let children = FieldSet::decode(&Value::Object(content.clone()))?;
            let member = content.contains_key(".") || children.is_empty();
            set.put(PathElement::decode(key)?, Node { member, children });
        }
        Some(set)
    }
}
