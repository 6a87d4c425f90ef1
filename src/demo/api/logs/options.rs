//! What of a log is asked for.

use super::super::error::ApiError;
use super::super::request::Query;
use crate::platform::time::Instant;

/// What of a log is asked for.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// The container, where it is named.
    pub container: Option<String>,
    /// Whether the run before the present one is meant.
    pub previous: bool,
    /// Whether what is written from now on is sent too.
    pub follow: bool,
    /// Whether each line begins with its time.
    pub timestamps: bool,
    /// How many of the last lines.
    pub tail: Option<usize>,
    /// How many bytes at most.
    pub limit: Option<usize>,
    /// From when on.
    pub since: Option<Instant>,
}

impl LogOptions {
    /// Reads the options.
    ///
    /// # Errors
    /// When they contradict each other, or can't be read.
    pub fn of(query: &Query, now: Instant, pod: &str) -> Result<Self, ApiError> {
        let number = |name: &str| match query.get(name) {
            None => Ok(None),
            Some(text) => text.parse::<i64>().map(Some).map_err(|_| {
                ApiError::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))
            }),
        };
        let (tail, limit, seconds) = (number("tailLines")?, number("limitBytes")?, number("sinceSeconds")?);
        let mut wrong: Vec<(&str, &str, String)> = Vec::new();
        let mut invalid = |field: &'static str, value: Option<i64>, least: i64, rule: &str| {
            if let Some(value) = value.filter(|value| *value < least) {
                wrong.push((field, "FieldValueInvalid", format!("Invalid value: {value}: {rule}")));
            }
        };
        invalid("tailLines", tail, 0, "must be greater than or equal to 0");
        invalid("limitBytes", limit, 1, "must be greater than 0");
        let since = query.get("sinceTime");
        if seconds.is_some() && since.is_some() {
            let rule = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified";
            wrong.push(("", "FieldValueForbidden", rule.to_owned()));
        } else {
            invalid("sinceSeconds", seconds, 1, "must be greater than 0");
        }
        if !wrong.is_empty() {
            return Err(ApiError::invalid_options(("PodLogOptions", "", pod), &wrong));
        }
        let since = match since {
            None => seconds.map(|seconds| now.plus_millis(-seconds.saturating_mul(1000))),
            Some(text) => Some(Instant::parse(text).ok_or_else(|| {
                ApiError::bad_request(format!("parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\""))
            })?),
        };
        let size = |value: Option<i64>| value.and_then(|value| usize::try_from(value).ok());
        Ok(LogOptions {
            container: query.get("container").map(str::to_owned),
            previous: query.truth("previous"),
            follow: query.truth("follow"),
            timestamps: query.truth("timestamps"),
            tail: size(tail),
            limit: size(limit),
            since,
        })
    }
}
