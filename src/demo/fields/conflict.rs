//! Fields that one manager applies while another owns them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::managers::{Manager, Operation};
use super::path::{FieldPath, show};
use super::set::FieldSet;

/// One field that another manager owns with another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Who owns it.
    pub manager: Manager,
    /// The field.
    pub path: FieldPath,
}

/// All fields for which an apply would have to be forced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicts(pub Vec<Conflict>);

impl Conflicts {
    /// The conflicts with these managers, in their order.
    pub fn of(sets: &BTreeMap<Manager, FieldSet>) -> Self {
        let conflicts = sets.iter().flat_map(|(manager, fields)| {
            let paths = fields.paths().into_iter();
            paths.map(|path| Conflict { manager: manager.clone(), path })
        });
        Conflicts(conflicts.collect())
    }

    /// Those that aren't about these fields.
    #[must_use]
    pub fn without(self, allowed: &FieldSet) -> Self {
        Conflicts(self.0.into_iter().filter(|conflict| !allowed.has(&conflict.path)).collect())
    }

    /// The causes in an answer's details.
    pub fn causes(&self) -> Value {
        let causes = self.0.iter().map(|conflict| {
            json!({
                "reason": "FieldManagerConflict",
                "message": format!("conflict with {}", name(&conflict.manager)),
                "field": show(&conflict.path),
            })
        });
        causes.collect()
    }

    /// The message of the answer.
    pub fn message(&self) -> String {
        if let [conflict] = self.0.as_slice() {
            return format!(
                "Apply failed with 1 conflict: conflict with {}: {}",
                name(&conflict.manager),
                show(&conflict.path)
            );
        }
        let mut lines: Vec<String> = Vec::new();
        let mut last = None;
        for conflict in &self.0 {
            if last != Some(&conflict.manager) {
                lines.push(format!("conflicts with {}:", name(&conflict.manager)));
                last = Some(&conflict.manager);
            }
            lines.push(format!("- {}", show(&conflict.path)));
        }
        format!("Apply failed with {} conflicts: {}", self.0.len(), lines.join("\n"))
    }
}

fn name(manager: &Manager) -> String {
    let mut name = format!("{:?}", manager.name);
    if !manager.subresource.is_empty() {
        name.push_str(&format!(" with subresource {:?}", manager.subresource));
    }
    if manager.operation == Operation::Update {
        name.push_str(&format!(" using {}", manager.api_version));
    }
    name
}
