//! The kinds of object, and what is said of each as one group version serves it.

use std::borrow::Cow;

use serde_json::Value;

/// Declares the kinds that are built in, with their numbers.
macro_rules! kinds {
    ($($(#[$note:meta])* $kind:ident,)*) => {
        /// A kind of object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$note])* $kind,)*
            /// A kind that a custom resource definition brought, by the order of their coming.
            Custom(u32),
        }

        enum Number {
            $($kind,)*
        }

        impl Kind {
            /// Every kind that is built in, in the order of their numbers.
            pub const BUILT_IN: &[Kind] = &[$(Kind::$kind,)*];

            /// Its place in the store.
            pub(super) fn number(self) -> usize {
                match self {
                    $(Kind::$kind => Number::$kind as usize,)*
                    Kind::Custom(number) => Self::BUILT_IN.len() + number as usize,
                }
            }
        }
    };
}

kinds! {
    /// `v1`
    Namespace,
    /// `v1`
    Node,
    /// `v1`
    Pod,
    /// `v1`, and as a second view `events.k8s.io/v1`
    Event,
    /// `v1`
    Service,
    /// `v1`
    Endpoints,
    /// `v1`
    ConfigMap,
    /// `v1`
    Secret,
    /// `v1`
    ServiceAccount,
    /// `v1`
    PersistentVolumeClaim,
    /// `v1`
    PersistentVolume,
    /// `v1`
    LimitRange,
    /// `v1`
    ResourceQuota,
    /// `apps/v1`
    Deployment,
    /// `apps/v1`
    ReplicaSet,
    /// `apps/v1`
    StatefulSet,
    /// `apps/v1`
    DaemonSet,
    /// `apps/v1`
    ControllerRevision,
    /// `autoscaling/v2`
    HorizontalPodAutoscaler,
    /// `policy/v1`
    PodDisruptionBudget,
    /// `batch/v1`
    Job,
    /// `batch/v1`
    CronJob,
    /// `networking.k8s.io/v1`
    Ingress,
    /// `networking.k8s.io/v1`
    IngressClass,
    /// `networking.k8s.io/v1`
    NetworkPolicy,
    /// `discovery.k8s.io/v1`
    EndpointSlice,
    /// `rbac.authorization.k8s.io/v1`
    Role,
    /// `rbac.authorization.k8s.io/v1`
    RoleBinding,
    /// `rbac.authorization.k8s.io/v1`
    ClusterRole,
    /// `rbac.authorization.k8s.io/v1`
    ClusterRoleBinding,
    /// `storage.k8s.io/v1`
    StorageClass,
    /// `scheduling.k8s.io/v1`
    PriorityClass,
    /// `coordination.k8s.io/v1`
    Lease,
    /// `apiextensions.k8s.io/v1`, kept as JSON
    CustomResourceDefinition,
    /// `apiregistration.k8s.io/v1`, kept as JSON
    ApiService,
}

impl Kind {
    /// Whether its objects are kept as JSON text rather than protobuf.
    pub fn is_json(self) -> bool {
        matches!(self, Kind::CustomResourceDefinition | Kind::ApiService | Kind::Custom(_))
    }
}

/// A kind as one group version serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindInfo {
    /// What the store keeps.
    pub stored: Kind,
    /// The API group; empty for the core.
    pub group: Cow<'static, str>,
    /// The version in the group.
    pub version: Cow<'static, str>,
    /// The kind's name.
    pub name: Cow<'static, str>,
    /// The name of a list of them.
    pub list_name: Cow<'static, str>,
    /// Its name in paths.
    pub plural: Cow<'static, str>,
    /// Its name for one.
    pub singular: Cow<'static, str>,
    /// Its short names.
    pub short: Vec<Cow<'static, str>>,
    /// The categories that it belongs to.
    pub categories: Vec<Cow<'static, str>>,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
    /// Whether it has `/status`.
    pub status: bool,
    /// Whether it has `/scale`.
    pub scale: bool,
    /// The name of its message; empty where objects are kept as JSON.
    pub message: &'static str,
    /// What its definition says, of a custom kind.
    pub custom: Option<CustomVersion>,
}

/// What a custom resource definition says of one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomVersion {
    /// Whether objects are kept in this version.
    pub storage: bool,
    /// The structural schema (`openAPIV3Schema`); null where anything goes.
    pub schema: Value,
    /// The columns between the name and the end of a table; none for the usual age.
    pub columns: Vec<CustomColumn>,
    /// The fields that selectors can name, such as `.spec.host`.
    pub selectable: Vec<String>,
    /// Where the scale is found.
    pub scale: Option<ScalePaths>,
}

/// A column that a custom resource definition describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomColumn {
    /// Its title.
    pub name: String,
    /// `string`, `integer`, `number`, `boolean` or `date`.
    pub kind: String,
    /// The format, such as `int64`, or empty.
    pub format: String,
    /// What it means, or empty.
    pub description: String,
    /// 0 for columns that are always shown.
    pub priority: i64,
    /// Where the value is found, as a JSONPath such as `.spec.host`.
    pub path: String,
}

/// Where a custom kind keeps its scale, as simple JSONPaths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalePaths {
    /// The wanted number.
    pub wanted: String,
    /// The number that there is.
    pub present: String,
    /// The label selector as text, where there is one.
    pub selector: Option<String>,
}

impl KindInfo {
    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone().into_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// What can be done with its objects, in the order in which discovery tells it.
    pub fn verbs(&self) -> &'static [&'static str] {
        match self.stored {
            Kind::Namespace => &["create", "delete", "get", "list", "patch", "update", "watch"],
            Kind::Custom(_) => {
                &["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
            }
            _ => &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        }
    }

    /// `pods` or `deployments.apps`, as errors say it.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone().into_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }
}
