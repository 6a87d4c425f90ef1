//! The client of a Kubernetes API server: a [`Connection`] is one context of a kubeconfig, from which come
//! the [`Reader`] and the [`Writer`].
//!
//! | file | what it knows |
//! | --- | --- |
//! | `connection` | opening a context: options, limits, what hangs together |
//! | `kubeconfig` | finding, merging and choosing in kubeconfig files |
//! | `proxy` | which proxy leads to the server |
//! | `credentials` | the present credential, renewed by one caller at a time |
//! | `plugin` | running one exec credential plugin |
//! | `sign_in` | handing a plugin that wants a person to the console |
//! | `transport` | one request and the head of its answer |
//! | `reader`, `writer` | what may be asked, and what may be changed |
//! | `status`, `error` | what a server or the way to it said instead |
//! | `wire` | lists and watches, decoded as their bytes arrive |
//! | `objects`, `access` | slim objects for preflights and details |

mod access;
mod connection;
mod connection_error;
mod credentials;
mod error;
mod kubeconfig;
mod objects;
mod plugin;
mod proxy;
mod reader;
mod sign_in;
mod status;
mod text;
mod transport;
pub mod wire;
mod writer;

pub use access::{AccessAnswer, AccessReview};
pub use connection::{Connection, ConnectionOptions, Environment, Limits};
pub use connection_error::ConnectionError;
pub use error::ApiError;
pub use objects::{
    Autoscaler, AutoscalerSpec, AutoscalerStatus, Condition, DisruptionBudget, DisruptionBudgetSpec,
    DisruptionBudgetStatus, Event, EventSeries, IntOrPercent, InvolvedObject, LabelSelector, ObjectMeta,
    OwnerReference, ResourceQuota, ResourceQuotaSpec, ResourceQuotaStatus, Scale, ScaleSpec, ScaleStatus,
    ScaleTarget, SelectorRequirement, ServerVersion,
};
pub use reader::{Answer, ContentType, Reader, StreamingAnswer};
pub use sign_in::{SignIn, SignInState};
pub use status::{Status, StatusCause, StatusDetails};
pub use writer::Writer;
