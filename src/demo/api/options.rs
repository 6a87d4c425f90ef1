//! The options of writes: who manages the fields, whether anything is stored, and what is made of fields that are unknown or there twice.

use serde_json::json;

use super::error::ApiError;
use super::{Call, write};
use crate::demo::admission::Causes;
use crate::demo::fields::Oddity;

/// The longest name of a manager, in bytes.
const LONGEST_MANAGER: usize = 128;

/// The options of one write.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// The manager of the fields that it sets.
    pub manager: String,
    /// Whether an apply takes fields from other managers.
    pub force: bool,
    /// Whether nothing is to be stored.
    pub dry: bool,
    /// What is made of odd fields.
    pub validation: FieldValidation,
}

/// What is made of fields that a kind doesn't have, or that are there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValidation {
    /// Nothing.
    Ignore,
    /// A warning.
    Warn,
    /// A refusal.
    Strict,
}

impl WriteOptions {
    /// The options of a write other than an apply; `options` is the kind of options that errors name.
    ///
    /// # Errors
    /// When one of them has a value that it can't have.
    pub fn of(call: &Call<'_>, options: &'static str) -> Result<Self, ApiError> {
        let mut wrong = Causes::default();
        if options == "PatchOptions" && call.query.get("force").is_some() {
            wrong.forbidden("force", "may not be specified for non-apply patch");
        }
        Self::checked(call, options, wrong)
    }

    /// The options of an apply, which has to name its manager.
    ///
    /// # Errors
    /// When it doesn't, or one of them has a value that it can't have.
    pub fn of_apply(call: &Call<'_>) -> Result<Self, ApiError> {
        let mut wrong = Causes::default();
        if call.query.get("fieldManager").is_none() {
            wrong.required("fieldManager", "is required for apply patch");
        }
        Self::checked(call, "PatchOptions", wrong)
    }

    fn checked(call: &Call<'_>, options: &str, mut wrong: Causes) -> Result<Self, ApiError> {
        check_manager(call.query.get("fieldManager").unwrap_or_default(), &mut wrong);
        let validation = match call.query.get("fieldValidation") {
            None | Some("Warn") => FieldValidation::Warn,
            Some("Ignore") => FieldValidation::Ignore,
            Some("Strict") => FieldValidation::Strict,
            Some(other) => {
                let supported = ["", "Ignore", "Strict", "Warn"];
                wrong.unsupported_value("fieldValidation", &json!(other), &supported);
                FieldValidation::Warn
            }
        };
        if !wrong.is_empty() {
            return Err(ApiError::invalid_fields(options, "meta.k8s.io", "", &wrong));
        }
        Ok(WriteOptions {
            manager: call.manager(),
            force: call.query.truth("force"),
            dry: write::dry_run(call, options)?,
            validation,
        })
    }
}

impl FieldValidation {
    /// The warnings about the odd fields of an object that is sent whole.
    ///
    /// # Errors
    /// When they are to be refused. `kind` and `version` are of the object that it was to be.
    pub fn of_object(self, oddities: &[Oddity], kind: &str, version: &str) -> Result<Vec<String>, ApiError> {
        let warnings = self.warnings(oddities);
        match self {
            FieldValidation::Strict if !oddities.is_empty() => Err(ApiError::bad_request(format!(
                "{kind} in version \"{version}\" cannot be handled as a {kind}: {}",
                strict_error(oddities)
            ))),
            _ => Ok(warnings),
        }
    }

    /// The warnings about the odd fields of a patch, or of what it has made of the object, which `shown` shows.
    ///
    /// # Errors
    /// When they are to be refused.
    pub fn of_patch(
        self,
        oddities: &[Oddity],
        shown: impl FnOnce() -> String,
    ) -> Result<Vec<String>, ApiError> {
        match self {
            FieldValidation::Strict if !oddities.is_empty() => {
                Err(ApiError::invalid_patch(&shown(), &strict_error(oddities)))
            }
            _ => Ok(self.warnings(oddities)),
        }
    }

    /// The warnings about keys that are twice in an applied configuration.
    ///
    /// # Errors
    /// When they are to be refused.
    pub fn of_duplicates(self, duplicates: &[String]) -> Result<Vec<String>, ApiError> {
        match self {
            FieldValidation::Strict if !duplicates.is_empty() => Err(ApiError::bad_request(format!(
                "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  {}",
                duplicates.join("\n  ")
            ))),
            FieldValidation::Ignore => Ok(Vec::new()),
            _ => Ok(duplicates.to_vec()),
        }
    }

    fn warnings(self, oddities: &[Oddity]) -> Vec<String> {
        match self {
            FieldValidation::Warn => oddities.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

fn strict_error(oddities: &[Oddity]) -> String {
    let oddities: Vec<String> = oddities.iter().map(ToString::to_string).collect();
    format!("strict decoding error: {}", oddities.join(", "))
}

fn check_manager(manager: &str, wrong: &mut Causes) {
    if manager.len() > LONGEST_MANAGER {
        wrong.too_long("fieldManager", LONGEST_MANAGER);
    }
    for (position, letter) in manager.char_indices().filter(|(_, letter)| letter.is_control()) {
        let cause = format!("invalid character U+{:04X} (at position {position})", u32::from(letter));
        wrong.invalid("fieldManager", &json!(manager), &cause);
    }
}

/// The manager that a client is by its `User-Agent`: what stands before the first slash.
pub fn manager_of_agent(agent: &str) -> String {
    let name = agent.split('/').next().unwrap_or_default();
    let mut manager = String::new();
    for letter in name.chars().filter(|letter| !letter.is_control()) {
        if manager.len() + letter.len_utf8() > LONGEST_MANAGER {
            break;
        }
        manager.push(letter);
    }
    if manager.is_empty() { "unknown".to_owned() } else { manager }
}
