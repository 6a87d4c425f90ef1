//! Reading: one object, or a list of them streamed in chunks.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use base64::Engine as _;
use bytes::Bytes;
use futures::stream;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ListMeta;
use prost::Message as _;
use serde_json::{Value, json};

use super::Call;
use super::accept::{Encoding, Shape};
use super::encode::Writer;
use super::error::ApiError;
use super::{scale, table};
use crate::demo::store::{FieldSelector, Key, LabelSelector, StoredObject};
use crate::demo::wire::{ENVELOPE_END, delimited, envelope_start, field_start};

/// A chunk of a list is sent when it has so many bytes.
const CHUNK: usize = 128 << 10;

/// Which objects a list or a watch is about.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The namespace, or all.
    pub namespace: Option<String>,
    labels: LabelSelector,
    fields: FieldSelector,
    all: bool,
}

impl Selection {
    /// What the request selects.
    pub fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let labels = call.query.get("labelSelector").unwrap_or_default();
        let fields = call.query.get("fieldSelector").unwrap_or_default();
        let refuse = |error: &dyn std::fmt::Display| {
            let kind = &call.target.kind;
            let version =
                if kind.group.is_empty() { format!("/{}", kind.version) } else { kind.api_version() };
            ApiError::bad_request(format!(
                "Unable to find \"{version}, Resource={}\" that match label selector \"{labels}\", field selector \"{fields}\": {error}",
                kind.plural
            ))
        };
        Ok(Selection {
            namespace: call.target.namespace.clone(),
            labels: LabelSelector::parse(labels).map_err(|error| refuse(&error))?,
            fields: FieldSelector::parse(fields, &call.target.kind).map_err(|error| refuse(&error))?,
            all: labels.is_empty() && fields.is_empty(),
        })
    }

    /// Whether the object is among them.
    pub fn has(&self, object: &StoredObject) -> bool {
        self.namespace.as_deref().is_none_or(|namespace| &*object.key.namespace == namespace)
            && self.labels.matches(object)
            && self.fields.matches(object)
    }
}

impl<'a> Call<'a> {
    /// How this request's objects are written.
    pub fn writer(&self) -> Writer<'a> {
        Writer {
            schema: &self.state.schema,
            kind: &self.target.kind,
            format: *self.format,
            include: table::Include::parse(self.query.get("includeObject")),
        }
    }

    /// The key of the object that the path names.
    pub fn key(&self) -> Key {
        Key::new(
            self.target.namespace.as_deref().unwrap_or_default(),
            self.target.name.as_deref().unwrap_or_default(),
        )
    }
}

/// Reads one object.
pub fn get(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let key = call.key();
    let object = call.state.store.lock().get(call.target.kind.stored, &key).cloned();
    let object = object.ok_or_else(|| ApiError::not_found(&call.target.kind, &key.name))?;
    match call.target.subresource.as_deref() {
        None => Ok(call.reply(StatusCode::OK, call.writer().object(&object)?)),
        Some("status") if call.target.kind.status => {
            Ok(call.reply(StatusCode::OK, call.writer().object(&object)?))
        }
        Some("scale") if call.target.kind.scale => scale::get(call, &object),
        Some(_) => Err(ApiError::no_such_subresource()),
    }
}

/// Reads many objects.
pub fn list(call: &Call<'_>) -> Result<Response<Body>, ApiError> {
    let selection = Selection::of(call)?;
    let kind = call.target.kind.stored;
    let cached = call.query.get("resourceVersion") == Some("0");
    let limit =
        call.query.get("limit").and_then(|limit| limit.parse::<usize>().ok()).filter(|limit| *limit > 0);
    // From its cache, the server answers everything at once.
    let limit = if cached { None } else { limit };
    let start = call.query.get("continue").map(page_start).transpose()?;
    let (objects, version, next, remaining) = {
        let store = call.state.store.lock();
        if let Some(asked) = asked_version(call)?
            && asked > store.version()
        {
            return Err(ApiError::future_version(asked, store.version()));
        }
        if let Some((version, _)) = &start
            && store.since(kind, *version).is_err()
        {
            return Err(ApiError::page_expired());
        }
        let after = start.as_ref().map(|(_, key)| key);
        let namespace = selection.namespace.as_deref();
        let mut objects = Vec::with_capacity(if namespace.is_none() { store.count(kind) } else { 64 });
        let mut matching = store.list(kind, namespace, after).filter(|object| selection.has(object));
        objects.extend(matching.by_ref().take(limit.unwrap_or(usize::MAX)).cloned());
        let rest = if limit.is_some() { matching.count() } else { 0 };
        let version = start.as_ref().map_or(store.version(), |(version, _)| *version);
        let next = objects.last().filter(|_| rest > 0).map(|last| page_token(version, &last.key));
        (objects, version, next, (rest > 0 && selection.all).then_some(rest))
    };
    respond_page(call, &objects, version, (next, remaining))
}

/// Answers with these objects, as a list at a version.
pub fn respond_list(
    call: &Call<'_>,
    objects: &[Arc<StoredObject>],
    version: u64,
) -> Result<Response<Body>, ApiError> {
    respond_page(call, objects, version, (None, None))
}

/// Answers with a page of a list, the token of the next one, and how many objects follow.
fn respond_page(
    call: &Call<'_>,
    objects: &[Arc<StoredObject>],
    version: u64,
    (next, remaining): (Option<String>, Option<usize>),
) -> Result<Response<Body>, ApiError> {
    let writer = call.writer();
    if writer.format.shape == Shape::Table {
        let table = table::table(&writer, objects.iter().map(|object| &**object), version, next.as_deref())?;
        return Ok(call.reply(StatusCode::OK, table.to_string()));
    }
    let messages: Vec<Bytes> = objects.iter().map(|object| writer.message(object)).collect();
    let meta = ListMeta {
        self_link: Some(String::new()),
        resource_version: Some(version.to_string()),
        r#continue: Some(next.unwrap_or_default()),
        remaining_item_count: remaining.and_then(|rest| i64::try_from(rest).ok()),
    };
    match writer.format.encoding {
        Encoding::Protobuf => Ok(call.reply(StatusCode::OK, protobuf_list(&writer, &meta, messages))),
        Encoding::Json => Ok(call.reply(StatusCode::OK, json_list(call, &meta, messages))),
    }
}

/// The version that the request asks for, if any.
pub fn asked_version(call: &Call<'_>) -> Result<Option<u64>, ApiError> {
    match call.query.get("resourceVersion") {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            ApiError::bad_request(format!("resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"))
        }),
    }
}

fn protobuf_list(writer: &Writer<'_>, meta: &ListMeta, messages: Vec<Bytes>) -> Body {
    let meta = meta.encode_to_vec();
    let length =
        delimited(1, meta.len()) + messages.iter().map(|message| delimited(2, message.len())).sum::<usize>();
    let (api_version, kind) = writer.list_type();
    let mut head = envelope_start(&api_version, &kind, length);
    field_start(1, meta.len(), &mut head);
    head.extend_from_slice(&meta);
    let state = (Some(head), messages.into_iter());
    Body::from_stream(stream::unfold(state, |(head, mut messages)| async move {
        let mut chunk = head?;
        chunk.reserve(CHUNK);
        for message in messages.by_ref() {
            field_start(2, message.len(), &mut chunk);
            chunk.extend_from_slice(&message);
            if chunk.len() >= CHUNK {
                return Some((
                    Ok::<_, std::convert::Infallible>(Bytes::from(chunk)),
                    (Some(Vec::new()), messages),
                ));
            }
        }
        chunk.extend_from_slice(ENVELOPE_END);
        Some((Ok(Bytes::from(chunk)), (None, messages)))
    }))
}

fn json_list(call: &Call<'_>, meta: &ListMeta, messages: Vec<Bytes>) -> Body {
    let (api_version, kind) = call.writer().list_type();
    let mut metadata = json!({"resourceVersion": meta.resource_version});
    if let Some(token) = meta.r#continue.as_deref().filter(|token| !token.is_empty()) {
        metadata["continue"] = json!(token);
    }
    if let Some(rest) = meta.remaining_item_count {
        metadata["remainingItemCount"] = json!(rest);
    }
    let head =
        format!("{{\"kind\":\"{kind}\",\"apiVersion\":\"{api_version}\",\"metadata\":{metadata},\"items\":[");
    let state = std::sync::Arc::clone(call.state);
    let (kind, format) = (std::sync::Arc::clone(&call.target.kind), *call.format);
    let start = (Some(head.into_bytes()), messages.into_iter(), true);
    Body::from_stream(stream::unfold(start, move |(head, mut messages, mut first)| {
        let (state, kind) = (std::sync::Arc::clone(&state), std::sync::Arc::clone(&kind));
        async move {
            let mut chunk = head?;
            let writer =
                Writer { schema: &state.schema, kind: &kind, format, include: table::Include::Metadata };
            for message in messages.by_ref() {
                if !std::mem::take(&mut first) {
                    chunk.push(b',');
                }
                if writer.item(&message, &mut chunk).is_err() {
                    return Some((
                        Err(std::io::Error::other("object can't be written")),
                        (None, messages, first),
                    ));
                }
                if chunk.len() >= CHUNK {
                    return Some((Ok(Bytes::from(chunk)), (Some(Vec::new()), messages, first)));
                }
            }
            chunk.extend_from_slice(b"]}\n");
            Some((Ok(Bytes::from(chunk)), (None, messages, first)))
        }
    }))
}

fn page_token(version: u64, key: &Key) -> String {
    let token = json!({"v": "meta.k8s.io/v1", "rv": version, "start": {"namespace": &*key.namespace, "name": &*key.name}});
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token.to_string())
}

fn page_start(token: &str) -> Result<(u64, Key), ApiError> {
    let refuse = || ApiError::bad_request("continue key is not valid: encoding is invalid");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).map_err(|_| refuse())?;
    let token: Value = serde_json::from_slice(&bytes).map_err(|_| refuse())?;
    let text = |key: &str| token["start"][key].as_str().unwrap_or_default();
    let version = token["rv"].as_u64().ok_or_else(refuse)?;
    Ok((version, Key::new(text("namespace"), text("name"))))
}
