//! What the client accepts: an encoding, and a shape of the objects.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};

use super::error::ApiError;
use crate::demo::store::KindInfo;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`
    Json,
    /// `application/vnd.kubernetes.protobuf`
    Protobuf,
}

/// What is answered of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All of it.
    Whole,
    /// Its metadata alone.
    Metadata,
    /// The metadata alone of a list of them.
    MetadataList,
    /// Rows as a person reads them.
    Table,
    /// Aggregated discovery.
    Discovery,
    /// Aggregated discovery as it was before it was stable.
    BetaDiscovery,
}

impl Shape {
    /// Whether it is aggregated discovery, in either version.
    pub fn is_discovery(self) -> bool {
        matches!(self, Shape::Discovery | Shape::BetaDiscovery)
    }

    /// Whether it is of metadata alone.
    pub fn is_metadata(self) -> bool {
        matches!(self, Shape::Metadata | Shape::MetadataList)
    }
}

/// The first of the accepted forms that the server has.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The encoding.
    pub encoding: Encoding,
    /// The shape.
    pub shape: Shape,
    acceptable: bool,
}

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

impl Encoding {
    /// The media type.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Encoding::Json => "application/json",
            Encoding::Protobuf => PROTOBUF,
        })
    }

    /// The media type of a watch.
    pub fn stream_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Encoding::Json => "application/json",
            Encoding::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
        })
    }
}

impl Format {
    /// The format that the headers ask for; JSON where they ask for nothing.
    pub fn of(headers: &HeaderMap) -> Format {
        let plain = Format { encoding: Encoding::Json, shape: Shape::Whole, acceptable: true };
        let Some(accept) = headers.get(ACCEPT).and_then(|value| value.to_str().ok()) else { return plain };
        accept.split(',').find_map(one).unwrap_or(Format { acceptable: false, ..plain })
    }

    /// The format that the headers ask for of objects that are kept as JSON: only their metadata comes as protobuf.
    pub fn without_protobuf(headers: &HeaderMap) -> Format {
        let plain = Format { encoding: Encoding::Json, shape: Shape::Whole, acceptable: true };
        let Some(accept) = headers.get(ACCEPT).and_then(|value| value.to_str().ok()) else { return plain };
        let mut offered = accept.split(',').filter_map(one);
        let found = offered.find(|format| format.encoding == Encoding::Json || format.shape.is_metadata());
        found.unwrap_or(Format { acceptable: false, ..plain })
    }

    /// The format of one object, or of a list; the metadata of both is written alike.
    ///
    /// # Errors
    /// When the client wants one object's form of a list, or a list's form of one object.
    pub fn for_form(self, is_list: bool, is_watch: bool, kind: &KindInfo) -> Result<Format, ApiError> {
        match self.shape {
            Shape::Metadata if is_list && !is_watch => Err(ApiError::other_form(kind, true)),
            Shape::MetadataList if !is_list => Err(ApiError::other_form(kind, false)),
            Shape::MetadataList => Ok(Format { shape: Shape::Metadata, ..self }),
            _ => Ok(self),
        }
    }

    /// Refuses a request that accepts nothing that the server has.
    pub fn check(&self) -> Result<(), ApiError> {
        if self.acceptable { Ok(()) } else { Err(ApiError::not_acceptable()) }
    }
}

/// One accepted form, where the server has it.
fn one(part: &str) -> Option<Format> {
    let mut pieces = part.split(';').map(str::trim);
    let encoding = match pieces.next()? {
        "application/json" | "application/*" | "*/*" | "" => Encoding::Json,
        PROTOBUF => Encoding::Protobuf,
        _ => return None,
    };
    let (mut form, mut version) = ("", "v1");
    for piece in pieces {
        match piece.split_once('=') {
            Some(("as", wanted)) => form = wanted,
            Some(("v", wanted)) => version = wanted,
            _ => {}
        }
    }
    let shape = match (form, version) {
        ("", _) => Shape::Whole,
        ("Table", "v1" | "v1beta1") => Shape::Table,
        ("PartialObjectMetadata", "v1" | "v1beta1") => Shape::Metadata,
        ("PartialObjectMetadataList", "v1" | "v1beta1") => Shape::MetadataList,
        ("APIGroupDiscoveryList", "v2") => Shape::Discovery,
        ("APIGroupDiscoveryList", "v2beta1") => Shape::BetaDiscovery,
        _ => return None,
    };
    // Tables and aggregated discovery are written as JSON alone.
    if encoding == Encoding::Protobuf && (shape == Shape::Table || shape.is_discovery()) {
        return None;
    }
    Some(Format { encoding, shape, acceptable: true })
}
