//! Who asks, and what they may do: users and their tokens, and the role-based access control of Kubernetes over the store's own
//! Role, ClusterRole, RoleBinding and ClusterRoleBinding objects.

mod authorizer;
mod coverage;
mod credentials;
mod denial;
mod escalation;
mod impersonation;
mod rules;
mod service_accounts;
mod signature;
mod users;

pub use authorizer::Authorizer;
pub use credentials::Credentials;
pub use denial::Denial;
pub use escalation::{Grant, Refusal, refuse_escalation};
pub use impersonation::{Impersonation, ImpersonationError};
pub use rules::{Attributes, ResourceAttributes};
pub use service_accounts::{AUDIENCE, BoundObject, Claims, Named, TokenError};
pub use users::{DemoUser, UnknownUser, UserInfo};
