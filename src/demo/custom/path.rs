//! The simple JSONPaths of definitions: `.spec.host`, `.status.conditions[?(@.type=="Ready")].status`, `.items[0]`, `.x['a.b']`.

use serde_json::Value;

/// The first value under a path; `None` when there is none, or the path is of a kind that definitions don't use.
pub fn first<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    let mut found = vec![object];
    let mut rest = path;
    while !rest.is_empty() {
        let step = Step::take(&mut rest)?;
        found = found.into_iter().flat_map(|value| step.apply(value)).collect();
    }
    found.first().copied()
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(i64),
    All,
    /// The items whose field under a path is this text.
    Where(String, String),
}

impl Step {
    fn take(rest: &mut &str) -> Option<Step> {
        if let Some(after) = rest.strip_prefix('[') {
            let end = closing(after)?;
            let inside = &after[..end];
            *rest = &after[end + 1..];
            return bracket(inside);
        }
        let after = rest.strip_prefix('.')?;
        let mut name = String::new();
        let mut letters = after.char_indices();
        let mut end = after.len();
        while let Some((position, letter)) = letters.next() {
            match letter {
                '\\' => name.extend(letters.next().map(|(_, letter)| letter)),
                '.' | '[' => {
                    end = position;
                    break;
                }
                letter => name.push(letter),
            }
        }
        *rest = &after[end..];
        Some(if name == "*" { Step::All } else { Step::Field(name) })
    }

    fn apply<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let items = || value.as_array().map(Vec::as_slice).unwrap_or_default();
        match self {
            Step::Field(name) => value.get(name).into_iter().collect(),
            Step::Index(index) => {
                let length = i64::try_from(items().len()).unwrap_or(i64::MAX);
                let place = if *index < 0 { length + index } else { *index };
                usize::try_from(place).ok().and_then(|place| items().get(place)).into_iter().collect()
            }
            Step::All => match value {
                Value::Object(fields) => fields.values().collect(),
                _ => items().iter().collect(),
            },
            Step::Where(path, wanted) => items()
                .iter()
                .filter(|item| match first(item, path) {
                    Some(Value::String(text)) => text == wanted,
                    Some(Value::Bool(truth)) => wanted.parse() == Ok(*truth),
                    Some(Value::Number(number)) => number.as_f64() == wanted.parse().ok(),
                    _ => false,
                })
                .collect(),
        }
    }
}

/// Where the bracket ends; one in quotes doesn't count.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (position, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, ']') => return Some(position),
            _ => {}
        }
    }
    None
}

fn bracket(inside: &str) -> Option<Step> {
    let inside = inside.trim();
    if let Some(filter) = inside.strip_prefix("?(").and_then(|it| it.strip_suffix(')')) {
        let (path, wanted) = filter.split_once("==")?;
        let path = path.trim().strip_prefix('@')?;
        return Some(Step::Where(path.to_owned(), unquote(wanted.trim()).to_owned()));
    }
    match inside {
        "*" => Some(Step::All),
        inside if inside.starts_with(['\'', '"']) => Some(Step::Field(unquote(inside).to_owned())),
        inside => inside.parse().ok().map(Step::Index),
    }
}

fn unquote(text: &str) -> &str {
    text.trim_matches(['\'', '"'])
}
