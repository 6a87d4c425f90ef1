//! Creating objects.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::error::ApiError;
use super::options::WriteOptions;
use super::pipeline::{self, Ownership, Write};
use super::{Call, bind, body, evict, oddities, views, write};
use crate::demo::admission::Part;
use crate::demo::store::Kind;

/// Creates the object that the body says.
///
/// # Errors
/// What the API server would refuse it for.
pub fn create(call: &Call<'_>, bytes: &[u8], content_type: &str) -> Result<Response<Body>, ApiError> {
    let kind = &*call.target.kind;
    match (kind.stored, call.target.subresource.as_deref()) {
        (_, None) => {}
        (Kind::Pod, Some("eviction")) => return evict::evict(call, bytes, content_type),
        (Kind::Pod, Some("binding")) => return bind::bind(call, bytes, content_type),
        _ => return Err(ApiError::no_such_subresource()),
    }
    let options = WriteOptions::of(call, "CreateOptions")?;
    if kind.namespaced && call.target.namespace.is_none() {
        return Err(ApiError::method_not_allowed());
    }
    let expected = (&*kind.api_version(), &*kind.name, kind.message);
    let wanted = body::read_object(&call.state.schema, &call.kinds(), expected, bytes, content_type)?;
    let odd = oddities::of_object(call, Part::Whole, bytes, content_type);
    let odd = options.validation.of_object(&odd, &kind.name, &kind.version)?;
    let wanted = views::to_stored(kind, wanted);
    let mut store = call.state.store.lock();
    let write =
        Write { part: Part::Whole, before: None, wanted, ownership: Ownership::Update, dry: options.dry };
    let mut written = pipeline::carry_out(call, &mut store, write)?;
    drop(store);
    written.warnings.splice(0..0, odd);
    write::answer(call, Part::Whole, StatusCode::CREATED, &written)
}
