//! What would need a process to talk to: exec, attach and port-forward. The embedded platform runs none, and says so.

use super::ApiState;
use super::error::ApiError;
use crate::demo::store::{Key, Kind, Stored as _};

/// Why a stream to a pod isn't opened.
pub fn refuse(state: &ApiState, namespace: &str, pod: &str, subresource: &str) -> ApiError {
    let store = state.store.lock();
    if store.get(Kind::Pod, &Key::new(namespace, pod)).is_none() {
        return ApiError::not_found(k8s_pb::api::core::v1::Pod::info(), pod);
    }
    ApiError::not_implemented(&format!(
        "the embedded platform runs no processes: there is nothing to {subresource} to in pod \"{pod}\""
    ))
}
