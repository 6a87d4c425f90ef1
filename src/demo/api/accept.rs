//! What the client accepts: an encoding, and a shape of the objects.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};

use super::error::ApiError;

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
    /// Rows as a person reads them.
    Table,
    /// Aggregated discovery.
    Discovery,
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
        let found =
            offered.find(|format| format.encoding == Encoding::Json || format.shape == Shape::Metadata);
        found.unwrap_or(Format { acceptable: false, ..plain })
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
    let mut shape = Shape::Whole;
    for piece in pieces {
        shape = match piece.split_once('=') {
            Some(("as", "Table")) => Shape::Table,
            Some(("as", "PartialObjectMetadata" | "PartialObjectMetadataList")) => Shape::Metadata,
            Some(("as", "APIGroupDiscoveryList")) => Shape::Discovery,
            Some(("as", _)) => return None,
            _ => shape,
        };
    }
    // Tables and aggregated discovery are written as JSON alone.
    if encoding == Encoding::Protobuf && matches!(shape, Shape::Table | Shape::Discovery) {
        return None;
    }
    Some(Format { encoding, shape, acceptable: true })
}
