//! The counts that a person types when scaling: for one workload or several.

use crate::platform::object::ObjectReference;

/// A workload that is to be scaled, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct Target {
    /// The workload.
    pub object: ObjectReference,
    /// The replicas that the table showed as wanted.
    pub wanted: u32,
}

/// What was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::console) enum Count {
    /// So many.
    Exactly(u32),
    /// So many more, or fewer, than each has now.
    By(i64),
}

impl Count {
    /// Reads `5`, `+2` or `-1`.
    pub(in crate::console) fn parse(text: &str) -> Result<Count, String> {
        let text = text.trim();
        let number = |digits: &str| digits.parse::<u32>().ok();
        let read = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(digits), _) => number(digits).map(|count| Count::By(i64::from(count))),
            (_, Some(digits)) => number(digits).map(|count| Count::By(-i64::from(count))),
            _ => number(text).map(Count::Exactly),
        };
        read.ok_or_else(|| match text {
            "" => "type how many replicas: 5, or +2 or -1 from what there is".to_owned(),
            _ => format!("`{text}` is no count: type 5, or +2 or -1 from what there is"),
        })
    }

    /// The count for a workload that has so many now.
    pub(in crate::console) fn of(self, wanted: u32) -> Result<u32, String> {
        match self {
            Count::Exactly(count) => Ok(count),
            Count::By(change) => u32::try_from(i64::from(wanted) + change)
                .map_err(|_| format!("{wanted}{change:+} is not a count of replicas")),
        }
    }
}

/// What the prompt begins with: the count that all of them have, if it is one.
pub(in crate::console) fn present(targets: &[Target]) -> String {
    match targets {
        [first, rest @ ..] if rest.iter().all(|target| target.wanted == first.wanted) => {
            first.wanted.to_string()
        }
        _ => String::new(),
    }
}

/// What would be set where, in one line, or what is wrong with what was typed.
pub(in crate::console) fn counts(targets: &[Target], text: &str) -> Result<Vec<u32>, String> {
    let count = Count::parse(text)?;
    targets
        .iter()
        .map(|target| count.of(target.wanted).map_err(|error| format!("{}: {error}", target.object.name)))
        .collect()
}
