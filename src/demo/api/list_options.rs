//! What a list or a watch asks for: which version, how many, from where on.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeError, Engine as _};
use serde_json::{Value, json};

use super::error::ApiError;
use super::request::Query;
use crate::demo::store::Key;

/// Which state a list is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The present one, or any that is at least this version.
    NotOlderThan(u64),
    /// Exactly this one.
    Exact(u64),
}

/// What a list asks for.
#[derive(Debug, Clone)]
pub struct ListOptions {
    /// The state.
    pub version: Version,
    /// How many objects at most.
    pub limit: Option<usize>,
    /// The key after which the next page starts.
    pub after: Option<Key>,
}

impl ListOptions {
    /// Reads the options of a list.
    ///
    /// # Errors
    /// When they contradict each other, or can't be read.
    pub fn of_list(query: &Query) -> Result<Self, ApiError> {
        let (version, matching) = (query.get("resourceVersion"), query.get("resourceVersionMatch"));
        let mut causes = Vec::new();
        if let Some(matching) = matching {
            if version.is_none() {
                causes.push(forbidden(
                    MATCH,
                    "resourceVersionMatch is forbidden unless resourceVersion is provided",
                ));
            }
            if query.get("continue").is_some() {
                causes.push(forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided"));
            }
            if !matches!(matching, "Exact" | "NotOlderThan") {
                causes.push(not_supported(matching, "\"Exact\", \"NotOlderThan\", \"\""));
            }
            if matching == "Exact" && version == Some("0") {
                let wrong = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
                causes.push(forbidden(MATCH, wrong));
            }
        }
        if query.get("sendInitialEvents").is_some() {
            causes.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        refuse(&causes)?;
        let limit =
            number(query, "limit")?.and_then(|limit| usize::try_from(limit).ok()).filter(|it| *it > 0);
        let asked = parse_version(version);
        let asked =
            asked.map_err(|wrong| ApiError::bad_request(format!("invalid resource version: {wrong}")))?;
        if let Some(token) = query.get("continue") {
            if !matches!(version, None | Some("0")) {
                return Err(ApiError::bad_request(
                    "specifying resource version is not allowed when using continue",
                ));
            }
            let (version, after) = read_token(token)?;
            let version = version.map_or(Version::NotOlderThan(0), Version::Exact);
            return Ok(ListOptions { version, limit, after: Some(after) });
        }
        let legacy = matching.is_none() && limit.is_some();
        let exact = matching == Some("Exact") || legacy;
        let version = match asked {
            Some(version) if exact && version > 0 => Version::Exact(version),
            asked => Version::NotOlderThan(asked.unwrap_or(0)),
        };
        // From its cache, the server answers everything at once.
        let whole = asked == Some(0);
        Ok(ListOptions { version, limit: limit.filter(|_| !whole), after: None })
    }
}

/// What a watch asks for.
#[derive(Debug, Clone, Copy)]
pub struct WatchOptions {
    /// The version after which it starts; 0 for the present state.
    pub version: u64,
    /// Whether the present state comes first.
    pub initial: bool,
    /// Whether the end of the present state is marked.
    pub streamed: bool,
    /// Whether bookmarks are sent.
    pub bookmarks: bool,
    /// How long it lasts, in seconds, where it says so.
    pub seconds: Option<u64>,
}

impl WatchOptions {
    /// Reads the options of a watch.
    ///
    /// # Errors
    /// When they contradict each other, or can't be read.
    pub fn of_watch(query: &Query) -> Result<Self, ApiError> {
        let (initial, matching) = (query.get("sendInitialEvents"), query.get("resourceVersionMatch"));
        let mut causes = Vec::new();
        if initial.is_some() && matching != Some("NotOlderThan") {
            causes.push(forbidden(
                MATCH,
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            ));
        }
        if let Some(matching) = matching {
            if initial.is_none() {
                let wrong =
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
                causes.push(forbidden(MATCH, wrong));
            }
            if matching != "NotOlderThan" {
                causes.push(not_supported(matching, "\"NotOlderThan\""));
            }
            if query.get("continue").is_some() {
                causes.push(forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided"));
            }
        }
        refuse(&causes)?;
        let version = parse_version(query.get("resourceVersion")).map_err(ApiError::unreadable_version)?;
        let version = version.unwrap_or(0);
        let streamed = query.truth("sendInitialEvents");
        Ok(WatchOptions {
            version,
            // Without a version the present state comes first, unless the client says that it isn't wanted.
            initial: streamed || (version == 0 && initial.is_none()),
            streamed,
            bookmarks: query.truth("allowWatchBookmarks"),
            seconds: number(query, "timeoutSeconds")?
                .and_then(|it| u64::try_from(it).ok())
                .filter(|it| *it > 0),
        })
    }
}

const MATCH: &str = "resourceVersionMatch";

/// A field, the kind of its fault, and the fault.
type Cause = (&'static str, &'static str, String);

fn forbidden(field: &'static str, wrong: &str) -> Cause {
    (field, "FieldValueForbidden", format!("Forbidden: {wrong}"))
}

fn not_supported(value: &str, supported: &str) -> Cause {
    let wrong = format!("Unsupported value: \"{value}\": supported values: {supported}");
    (MATCH, "FieldValueNotSupported", wrong)
}

fn refuse(causes: &[Cause]) -> Result<(), ApiError> {
    if causes.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid_options(("ListOptions", "meta.k8s.io", ""), causes))
    }
}

fn number(query: &Query, name: &str) -> Result<Option<i64>, ApiError> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let wrong = || ApiError::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"));
    text.parse().map(Some).map_err(|_| wrong())
}

fn parse_version(text: Option<&str>) -> Result<Option<u64>, String> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        format!("resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax")
    })
}

/// The token of the page after this key, of the list at a version; without one, of whatever there is then.
pub fn page_token(version: Option<u64>, key: &Key) -> String {
    let start = if key.namespace.is_empty() {
        format!("{}\0", key.name)
    } else {
        format!("{}/{}\0", key.namespace, key.name)
    };
    let version = version.and_then(|version| i64::try_from(version).ok()).unwrap_or(-1);
    URL_SAFE_NO_PAD.encode(json!({"v": "meta.k8s.io/v1", "rv": version, "start": start}).to_string())
}

/// The version and the key of a token.
fn read_token(token: &str) -> Result<(Option<u64>, Key), ApiError> {
    let refuse = |wrong: &str| {
        ApiError::bad_request(format!("invalid continue token: continue key is not valid: {wrong}"))
    };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|error| {
        let place = match error {
            DecodeError::InvalidByte(place, _) | DecodeError::InvalidLastSymbol(place, _) => place,
            _ => token.len(),
        };
        refuse(&format!("illegal base64 data at input byte {place}"))
    })?;
    let token: Value = serde_json::from_slice(&bytes).map_err(|error| refuse(&error.to_string()))?;
    if token["v"] != "meta.k8s.io/v1" {
        let version = token["v"].as_str().unwrap_or_default();
        return Err(refuse(&format!("server does not recognize this encoded version {version}")));
    }
    let version = token["rv"].as_i64().filter(|version| *version != 0);
    let version =
        version.ok_or_else(|| refuse("incorrect encoded start resourceVersion (version meta.k8s.io/v1)"))?;
    let start = token["start"].as_str().filter(|start| !start.is_empty());
    let start = start.ok_or_else(|| refuse("encoded start key empty (version meta.k8s.io/v1)"))?;
    let start = start.trim_end_matches('\0');
    let (namespace, name) = start.split_once('/').unwrap_or(("", start));
    Ok((u64::try_from(version).ok(), Key::new(namespace, name)))
}
