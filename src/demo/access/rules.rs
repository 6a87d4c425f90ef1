//! What is asked for, and whether one rule of a role allows it.

use k8s_pb::api::rbac::v1::PolicyRule;

/// What stands for everything in a rule.
const ALL: &str = "*";

/// What someone wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributes<'a> {
    /// The verb, such as `list`; a method in lower case for a path.
    pub verb: &'a str,
    /// With what.
    pub asked: Asked<'a>,
}

/// With what someone wants to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Objects.
    Resource(ResourceAttributes<'a>),
    /// A path that isn't about objects.
    Path(&'a str),
}

/// The objects that someone wants to do something with; empty where something isn't said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ResourceAttributes<'a> {
    /// The API group.
    pub group: &'a str,
    /// The kind's name in paths.
    pub resource: &'a str,
    /// `scale`, `status` and the like.
    pub subresource: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The object's name.
    pub name: &'a str,
}

impl<'a> Attributes<'a> {
    /// Doing something with objects.
    pub fn resource(verb: &'a str, resource: ResourceAttributes<'a>) -> Self {
        Attributes { verb, asked: Asked::Resource(resource) }
    }

    /// Doing something with a path that isn't about objects.
    pub fn path(verb: &'a str, path: &'a str) -> Self {
        Attributes { verb, asked: Asked::Path(path) }
    }

    /// The namespace in which rights count beside those for the whole cluster; empty where none does.
    pub fn namespace(&self) -> &'a str {
        match self.asked {
            Asked::Resource(resource) => resource.namespace,
            Asked::Path(_) => "",
        }
    }
}

/// Whether a rule allows it.
pub fn allows(rule: &PolicyRule, attributes: &Attributes<'_>) -> bool {
    if !lists(&rule.verbs, attributes.verb) {
        return false;
    }
    match attributes.asked {
        Asked::Path(path) => rule.non_resource_ur_ls.iter().any(|pattern| path_covers(pattern, path)),
        Asked::Resource(asked) => {
            lists(&rule.api_groups, asked.group)
                && rule.resources.iter().any(|resource| resource_matches(resource, &asked))
                && (rule.resource_names.is_empty() || rule.resource_names.iter().any(|it| it == asked.name))
        }
    }
}

/// Whether a pattern of paths, which may end with `*`, covers a path or a pattern.
pub fn path_covers(pattern: &str, path: &str) -> bool {
    pattern == path || pattern.ends_with('*') && path.starts_with(pattern.trim_end_matches('*'))
}

/// Whether a list has the value, or stands for everything.
pub fn lists(list: &[String], value: &str) -> bool {
    list.iter().any(|own| own == ALL || own == value)
}

fn resource_matches(pattern: &str, asked: &ResourceAttributes<'_>) -> bool {
    if pattern == ALL {
        return true;
    }
    if asked.subresource.is_empty() {
        return pattern == asked.resource;
    }
    pattern.split_once('/').is_some_and(|(resource, subresource)| {
        subresource == asked.subresource && (resource == ALL || resource == asked.resource)
    })
}
