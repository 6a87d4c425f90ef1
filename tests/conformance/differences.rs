//! Where the embedded platform knowingly answers otherwise than a real server.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::case::Case;

/// The differences of `differences.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differences {
    #[serde(default)]
    difference: Vec<Difference>,
}

/// One difference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    case: String,
    /// The names of the steps.
    steps: BTreeSet<String>,
    /// Why it is so; only for people.
    #[serde(rename = "why")]
    _why: String,
}

impl Differences {
    pub fn load() -> Differences {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/differences.toml");
        toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    /// Each difference has to be one of a step that there is.
    pub fn check_names(&self, cases: &[Case]) {
        if std::env::var_os("CONFORMANCE_ONLY").is_some() {
            return;
        }
        for Difference { case, steps, .. } in &self.difference {
            let known = cases.iter().find(|known| known.name == *case);
            let known = known.unwrap_or_else(|| panic!("a difference names {case}, which is no case"));
            for step in steps {
                let there = known.steps.iter().any(|it| it.name == *step);
                assert!(there, "a difference names {case}: {step}, which is no step");
            }
        }
    }

    /// What is wrong with these answers: differences that aren't listed, and listed ones that are gone.
    pub fn judge(&self, case: &Case, answers: &[String]) -> Vec<String> {
        let ours = self.difference.iter().filter(|it| it.case == case.name);
        let listed: BTreeSet<&str> = ours.flat_map(|it| &it.steps).map(String::as_str).collect();
        let differing = case.compare(answers);
        let found: BTreeSet<&str> = differing.iter().map(|(step, _)| step.name.as_str()).collect();
        // Looked at where the real server has its say too.
        let thorough = std::env::var_os("KUBEBUILDER_ASSETS").is_some();
        let gone = listed.difference(&found).filter(|_| thorough).map(|step| {
            format!(
                "{}: {step}\nis listed in differences.toml, but there is no difference any more\n",
                case.name
            )
        });
        let unlisted = differing.iter().filter(|(step, _)| !listed.contains(step.name.as_str()));
        unlisted.map(|(_, failure)| failure.clone()).chain(gone).collect()
    }
}
