//! What a user may not do, in the words of the API server.

use super::rules::{Asked, Attributes};
use super::users::UserInfo;

/// A refused request, ready to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The whole sentence.
    pub message: String,
    /// The API group of what it is about, or empty.
    pub group: String,
    /// The kind's name in paths, or empty.
    pub resource: String,
    /// The object's name, or empty.
    pub name: String,
}

impl Denial {
    /// The user may not do it; `reason` may say why, or be empty.
    pub fn new(user: &UserInfo, attributes: &Attributes<'_>, reason: &str) -> Self {
        let sentence = sentence(user, attributes);
        // Nothing that a browser would take for a page gets into an error.
        let sentence = sentence.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let sentence = if reason.is_empty() { sentence } else { format!("{sentence}: {reason}") };
        let Asked::Resource(asked) = attributes.asked else {
            let message = format!("forbidden: {sentence}");
            return Denial { message, group: String::new(), resource: String::new(), name: String::new() };
        };
        let qualified = match asked.group {
            "" => asked.resource.to_owned(),
            group => format!("{}.{group}", asked.resource),
        };
        let subject =
            if asked.name.is_empty() { qualified } else { format!("{qualified} \"{}\"", asked.name) };
        Denial {
            message: format!("{subject} is forbidden: {sentence}"),
            group: asked.group.to_owned(),
            resource: asked.resource.to_owned(),
            name: asked.name.to_owned(),
        }
    }
}

fn sentence(user: &UserInfo, attributes: &Attributes<'_>) -> String {
    let (user, verb) = (&user.name, attributes.verb);
    match attributes.asked {
        Asked::Path(path) => format!("User \"{user}\" cannot {verb} path \"{path}\""),
        Asked::Resource(asked) => {
            let resource = match asked.subresource {
                "" => asked.resource.to_owned(),
                subresource => format!("{}/{subresource}", asked.resource),
            };
            let scope = match asked.namespace {
                "" => "at the cluster scope".to_owned(),
                namespace => format!("in the namespace \"{namespace}\""),
            };
            format!(
                "User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{}\" {scope}",
                asked.group
            )
        }
    }
}
