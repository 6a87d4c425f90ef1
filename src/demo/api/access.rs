//! Lets a request in, or doesn't: under which name it comes, in whose name it is to be answered, and whether they may.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::ApiState;
use super::error::ApiError;
use super::request_info::RequestInfo;
use crate::demo::access::{AUDIENCE, Authorizer, Denial, Impersonation, UserInfo};
use crate::demo::store::Store;

/// In whose name the request is answered, once it is sure that they may.
///
/// # Errors
/// When the token is nobody's, or they may not.
pub fn admit(state: &ApiState, headers: &HeaderMap, info: &RequestInfo) -> Result<UserInfo, ApiError> {
    let store = state.store.lock();
    let authorizer = Authorizer::new(&store);
    let attributes = info.attributes();
    let mut user = authenticate(state, headers, &store)?;
    if let Some(impersonation) = Impersonation::of(headers)? {
        user = impersonation.permitted(authorizer, &user, &attributes)?;
    }
    let decision = authorizer.authorize(&user, &attributes);
    if decision.allowed {
        Ok(user)
    } else {
        Err(ApiError::denied(Denial::new(&user, &attributes, &decision.reason)))
    }
}

/// Who sends the request: whoever brings no token is anonymous, and may next to nothing.
fn authenticate(state: &ApiState, headers: &HeaderMap, store: &Store) -> Result<UserInfo, ApiError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(UserInfo::anonymous()) };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    let Some((_, token)) = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        return Ok(UserInfo::anonymous());
    };
    let own = [AUDIENCE.to_owned()];
    match state.credentials.holder(token.trim(), &own, store, state.clock.now()) {
        Ok((user, _)) => Ok(user),
        Err(_) => Err(ApiError::unauthorized()),
    }
}
