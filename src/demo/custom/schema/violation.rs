//! What is wrong with an object, field by field, in the words of the API server.

use serde_json::Value;

/// One thing that is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field's path.
    pub field: String,
    /// The machine-readable reason, such as `FieldValueInvalid`.
    pub reason: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Everything that is wrong with an object, in the order in which it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, reason: &'static str, field: impl Into<String>, message: String) {
        self.0.push(Violation { field: field.into(), reason, message });
    }

    /// The field has to be given.
    pub fn required(&mut self, field: impl Into<String>, detail: &str) {
        let detail = if detail.is_empty() { String::new() } else { format!(": {detail}") };
        self.add("FieldValueRequired", field, format!("Required value{detail}"));
    }

    /// The field's value can't be right.
    pub fn invalid(&mut self, field: impl Into<String>, value: &Value, detail: &str) {
        self.add("FieldValueInvalid", field, format!("Invalid value: {value}: {detail}"));
    }

    /// The text of a field can't be right.
    pub fn invalid_text(&mut self, field: impl Into<String>, value: &str, detail: &str) {
        self.invalid(field, &Value::from(value), detail);
    }

    /// The field's value is of another type, or of another form, than it has to be.
    pub fn invalid_type(&mut self, field: impl Into<String>, found: &str, detail: &str) {
        self.add("FieldValueTypeInvalid", field, format!("Invalid value: \"{found}\": {detail}"));
    }

    /// The field has a value that isn't one of those that there are.
    pub fn unsupported_value(&mut self, field: impl Into<String>, value: &Value, supported: &[&str]) {
        let supported: Vec<String> = supported.iter().map(|it| format!("\"{it}\"")).collect();
        let message = format!("Unsupported value: {value}: supported values: {}", supported.join(", "));
        self.add("FieldValueNotSupported", field, message);
    }

    /// Another item has this value already.
    pub fn duplicate(&mut self, field: impl Into<String>, value: &Value) {
        self.add("FieldValueDuplicate", field, format!("Duplicate value: {value}"));
    }

    /// The field's text is longer than so many bytes.
    pub fn too_long(&mut self, field: impl Into<String>, most: usize) {
        self.add("FieldValueTooLong", field, format!("Too long: may not be more than {most} bytes"));
    }

    /// The field has more than so many items.
    pub fn too_many(&mut self, field: impl Into<String>, count: usize, most: usize) {
        let items = if most == 1 { "item" } else { "items" };
        self.add("FieldValueTooMany", field, format!("Too many: {count}: must have at most {most} {items}"));
    }
}
