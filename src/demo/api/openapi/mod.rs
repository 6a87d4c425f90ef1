//! The kinds described in OpenAPI, as clients ask for it before they explain, validate or patch.

mod components;
mod paths;
mod version2;

use std::collections::BTreeMap;
use std::hash::Hasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, ETAG, LOCATION};
use axum::http::{HeaderValue, Response, StatusCode};
use bytes::Bytes;
use rustc_hash::FxHasher;
use serde_json::{Value, json};

use super::accept::Encoding;
use super::error::ApiError;
use super::reply;
use super::request::Query;
use crate::demo::store::{KindInfo, Kinds};
use crate::demo::wire::Schema;

/// The documents, made when they are first asked for, and again after the kinds have changed.
#[derive(Debug, Default)]
pub struct OpenApi {
    made: Mutex<Option<Made>>,
}

#[derive(Debug)]
struct Made {
    kinds: Arc<Kinds>,
    documents: BTreeMap<String, Document>,
}

/// One document as text, with what its text hashes to.
#[derive(Debug, Clone)]
struct Document {
    text: Bytes,
    hash: String,
}

impl Document {
    fn new(value: &Value) -> Self {
        let text = Bytes::from(value.to_string());
        let mut hasher = FxHasher::default();
        hasher.write(&text);
        Document { text, hash: format!("{:016X}", hasher.finish()) }
    }
}

impl OpenApi {
    /// The answer under a path; `None` when the path isn't about OpenAPI.
    pub fn answer(
        &self,
        path: &str,
        query: &Query,
        schema: &Schema,
        kinds: &Arc<Kinds>,
    ) -> Option<Result<Response<Body>, ApiError>> {
        let rest = path.strip_prefix("/openapi/")?;
        Some(match rest {
            "v2" => Ok(self.document("v2", schema, kinds).map_or_else(not_found, |it| respond(it, None))),
            "v3" => Ok(self.index(schema, kinds)),
            rest => match rest.strip_prefix("v3/") {
                Some(name) => self.version(name, query, schema, kinds),
                None => Err(ApiError::no_such_path()),
            },
        })
    }

    fn index(&self, schema: &Schema, kinds: &Arc<Kinds>) -> Response<Body> {
        let paths: BTreeMap<String, Value> = self.with(schema, kinds, |documents| {
            let versions = documents.iter().filter(|(name, _)| *name != "v2");
            let link = |(name, document): (&String, &Document)| {
                let url = format!("/openapi/v3/{name}?hash={}", document.hash);
                (name.clone(), json!({"serverRelativeURL": url}))
            };
            versions.map(link).collect()
        });
        reply(StatusCode::OK, Encoding::Json, json!({"paths": paths}).to_string())
    }

    fn version(
        &self,
        name: &str,
        query: &Query,
        schema: &Schema,
        kinds: &Arc<Kinds>,
    ) -> Result<Response<Body>, ApiError> {
        let document = self.document(name, schema, kinds).ok_or_else(ApiError::no_such_path)?;
        match query.get("hash") {
            Some(hash) if hash != document.hash => {
                let mut response = reply(StatusCode::MOVED_PERMANENTLY, Encoding::Json, Body::empty());
                let location = format!("/openapi/v3/{name}?hash={}", document.hash);
                if let Ok(location) = HeaderValue::from_str(&location) {
                    response.headers_mut().insert(LOCATION, location);
                }
                Ok(response)
            }
            hash => Ok(respond(document, hash)),
        }
    }

    fn document(&self, name: &str, schema: &Schema, kinds: &Arc<Kinds>) -> Option<Document> {
        self.with(schema, kinds, |documents| documents.get(name).cloned())
    }

    fn with<T>(
        &self,
        schema: &Schema,
        kinds: &Arc<Kinds>,
        read: impl FnOnce(&BTreeMap<String, Document>) -> T,
    ) -> T {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        // Kinds that have changed are another value, as the one that was used here is still held.
        let fresh = made.take().filter(|made| Arc::ptr_eq(&made.kinds, kinds));
        let fresh = made.insert(
            fresh.unwrap_or_else(|| Made { kinds: Arc::clone(kinds), documents: make(schema, kinds) }),
        );
        read(&fresh.documents)
    }
}

fn not_found() -> Response<Body> {
    reply(StatusCode::NOT_FOUND, Encoding::Json, Body::empty())
}

/// A document; one that was asked for by its hash never changes.
fn respond(document: Document, hash: Option<&str>) -> Response<Body> {
    let mut response = reply(StatusCode::OK, Encoding::Json, document.text);
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", document.hash)) {
        headers.insert(ETAG, tag);
    }
    if hash.is_some() {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, immutable"));
    }
    response
}

/// All documents: one for each group version, and one for all in the older form.
fn make(schema: &Schema, kinds: &Kinds) -> BTreeMap<String, Document> {
    let mut versions: BTreeMap<String, Vec<&KindInfo>> = BTreeMap::new();
    for kind in kinds.served() {
        let prefix = if kind.group.is_empty() { "api" } else { "apis" };
        versions.entry(format!("{prefix}/{}", kind.api_version())).or_default().push(kind);
    }
    let mut all = components::Components::new(schema);
    let mut documents = BTreeMap::new();
    for (name, kinds) in versions {
        let mut components = components::Components::new(schema);
        for kind in &kinds {
            components.add_kind(kind);
            all.add_kind(kind);
        }
        let document = json!({
            "openapi": "3.0.0",
            "info": {"title": "Kubernetes", "version": "unversioned"},
            "paths": paths::paths(&kinds),
            "components": {"schemas": components.into_schemas()},
        });
        documents.insert(name, Document::new(&document));
    }
    documents.insert("v2".to_owned(), Document::new(&version2::document(all.into_schemas())));
    documents
}
