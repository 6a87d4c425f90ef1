//! What the server fills in where a client says nothing, as Kubernetes' `pkg/apis/*/v1/defaults.go` has it.

use serde_json::Value;

use crate::demo::store::KindInfo;

/// Fills in an object's defaults.
pub fn apply(_kind: &KindInfo, _object: &mut Value) {}
