//! Cases as files: steps, each a request and what comes back.
//!
//! ```text
//! # What the case is about.
//!
//! == the first page
//! GET /api/v1/namespaces/$ns/secrets?limit=2
//! show: metadata.remainingItemCount, items[].metadata.name
//! save: next = metadata.continue
//! --
//! 200
//! metadata.remainingItemCount: 1
//! items[].metadata.name: ["a", "b"]
//! ```
//!
//! Between the request and `--` stand options (see [`Step`]), headers and the body, which is JSON, or YAML after a line `---`. `$ns` is the case's namespace; other names are
//! saved by steps. What comes back has such values as `$name`, and whatever differs each time as `<uid>`, `<time>` and the like.
//! Instead of a request a step may be `WATCH name path`, which opens a watch, `EVENTS name count`, which waits for so many of its
//! events (`end` for those up to its end).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// Names that stand for long media types.
const MEDIA_TYPES: [(&str, &str); 11] = [
    ("json", "application/json"),
    ("protobuf", "application/vnd.kubernetes.protobuf"),
    ("protobuf-table", "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io"),
    ("table", "application/json;as=Table;v=v1;g=meta.k8s.io"),
    ("metadata", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"),
    ("metadata-list", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"),
    ("aggregated", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"),
    ("merge", "application/merge-patch+json"),
    ("strategic", "application/strategic-merge-patch+json"),
    ("json-patch", "application/json-patch+json"),
    ("apply", "application/apply-patch+yaml"),
];

/// One case.
pub struct Case {
    /// Topic and name, such as `list/paging`.
    pub name: String,
    pub steps: Vec<Step>,
    file: PathBuf,
    preface: String,
}

/// One step of a case.
#[derive(Default)]
pub struct Step {
    pub name: String,
    /// The method, or `WATCH`, `EVENTS`.
    pub verb: String,
    /// What follows the verb.
    pub rest: String,
    /// Who asks: a user's name, or `nobody` for a request without a token. The administrator where it isn't said.
    pub user: Option<String>,
    /// The paths of what is shown; `*` is everything, `wire` the fields of a protobuf message.
    pub show: Vec<String>,
    /// Names, and the paths of their values.
    pub save: Vec<(String, String)>,
    /// A path and what it has to be before the answer counts; the request is sent again until then.
    pub until: Option<(String, String)>,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// What comes back.
    pub expected: String,
    /// The lines of the request, as they stand in the file.
    source: String,
}

impl Case {
    pub fn load_all() -> Vec<Case> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/cases");
        let mut cases = Vec::new();
        for topic in std::fs::read_dir(&folder).unwrap() {
            for file in std::fs::read_dir(topic.unwrap().path()).unwrap() {
                let file = file.unwrap().path();
                let name = file.strip_prefix(&folder).unwrap().with_extension("");
                cases.push(Case::parse(name.to_str().unwrap().to_owned(), file));
            }
        }
        cases.sort_by(|one, other| one.name.cmp(&other.name));
        cases
    }

    fn parse(name: String, file: PathBuf) -> Case {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut parts = format!("\n{text}").split("\n== ").map(str::to_owned).collect::<Vec<_>>().into_iter();
        let preface = parts.next().unwrap_or_default().trim().to_owned();
        let steps: Vec<Step> = parts.map(|part| Step::parse(&name, &part)).collect();
        for (at, step) in steps.iter().enumerate() {
            assert!(
                steps[..at].iter().all(|it| it.name != step.name),
                "{name}: {} is there twice",
                step.name
            );
        }
        Case { name, steps, file, preface }
    }

    /// The namespace that the case has for itself.
    pub fn namespace(&self) -> String {
        self.name.replace('/', "-")
    }

    /// The steps that were answered differently, and how.
    pub fn compare(&self, answers: &[String]) -> Vec<(&Step, String)> {
        let pairs = self.steps.iter().zip(answers);
        let differing = pairs.filter(|(step, answer)| step.expected != **answer);
        differing.map(|(step, answer)| (step, self.difference(step, answer))).collect()
    }

    fn difference(&self, step: &Step, answer: &str) -> String {
        let (expected, answer) = (format!("{}\n", step.expected), format!("{answer}\n"));
        let diff = TextDiff::from_lines(&expected, &answer);
        let lines =
            diff.unified_diff().context_radius(1).header("as the case says", "as it came").to_string();
        format!("{}: {}\n{} {}\n{lines}", self.name, step.name, step.verb, step.rest)
    }

    /// Writes these answers into the file, as what has to come back.
    pub fn record(&self, answers: &[String]) {
        let mut text = format!("{}\n", self.preface);
        for (step, answer) in self.steps.iter().zip(answers) {
            text.push_str(&format!("\n== {}\n{}\n--\n{answer}\n", step.name, step.source));
        }
        std::fs::write(&self.file, text).unwrap();
    }
}

impl Step {
    fn parse(case: &str, text: &str) -> Step {
        let (request, expected) = text.split_once("\n--\n").unwrap_or((text.trim_end_matches("\n--"), ""));
        let (name, source) =
            request.split_once('\n').unwrap_or_else(|| panic!("{case}: {request}: no request"));
        let mut step = Step {
            name: name.trim().to_owned(),
            source: source.trim_end().to_owned(),
            expected: expected.trim_end().to_owned(),
            ..Step::default()
        };
        let mut lines = source.lines();
        let first = lines.next().unwrap_or_default();
        let (verb, rest) = first.split_once(' ').unwrap_or((first, ""));
        (step.verb, step.rest) = (verb.to_owned(), rest.to_owned());
        for line in lines {
            let yaml = step.body.starts_with("---");
            match line.split_once(": ") {
                Some((key, value)) if !yaml && is_word(key) => step.option(key, value),
                _ => step.body.push_str(&format!("{line}\n")),
            }
        }
        let typed = step.headers.contains_key("content-type");
        if !step.body.is_empty() && !typed {
            step.headers.insert("content-type".to_owned(), "application/json".to_owned());
        }
        step
    }

    fn option(&mut self, key: &str, value: &str) {
        match key {
            "as" => self.user = Some(value.to_owned()),
            "show" => self.show = value.split(", ").map(str::to_owned).collect(),
            "save" => {
                let pairs = value.split(", ").filter_map(|pair| pair.split_once(" = "));
                self.save = pairs.map(|(name, path)| (name.to_owned(), path.to_owned())).collect();
            }
            "until" => {
                let (path, wanted) = value.split_once(" = ").unwrap_or((value, "-"));
                self.until = Some((path.to_owned(), wanted.to_owned()));
            }
            _ => {
                let long = MEDIA_TYPES.iter().find(|(short, _)| *short == value);
                let value = long.map_or(value, |(_, long)| long);
                self.headers.insert(key.to_owned(), value.to_owned());
            }
        }
    }
}

fn is_word(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
}
