//! HorizontalPodAutoscalers.

use super::{Autoscalers, Intake, count, identity, instant, pairs};
use crate::clients::kubernetes::wire::{HorizontalPodAutoscaler, WorkloadCondition};
use crate::picture::model::{AutoscalerRow, Batch, Condition, Interner, Owner, RowChange};
use crate::platform::object::{Kind, Uid};

impl Intake for Autoscalers {
    type Message = HorizontalPodAutoscaler;
    type Row = AutoscalerRow;
    const KIND: Kind = Kind::HorizontalPodAutoscaler;

    fn identity(message: &HorizontalPodAutoscaler) -> (&str, &str) {
        identity(&message.metadata)
    }

    fn row(message: HorizontalPodAutoscaler, interner: &mut Interner) -> Option<AutoscalerRow> {
        let meta = message.metadata?;
        let spec = message.spec.unwrap_or_default();
        let status = message.status.unwrap_or_default();
        let target = spec.scale_target_ref.unwrap_or_default();
        let mut condition = |kind: &str, wanted: &str| {
            let fits = |condition: &&WorkloadCondition| condition.kind == kind && condition.status == wanted;
            let found = status.conditions.iter().find(fits)?;
            Some(Condition {
                reason: interner.symbol(&found.reason),
                message: found.message.clone().into_boxed_str(),
            })
        };
        let limited = condition("ScalingLimited", "True");
        let inactive = condition("ScalingActive", "False");
        Some(AutoscalerRow {
            uid: Uid::parse(&meta.uid),
            namespace: interner.symbol(&meta.namespace),
            name: interner.symbol(&meta.name),
            labels: interner.labels(pairs(&meta.labels)),
            target: Owner { kind: interner.symbol(&target.kind), name: interner.symbol(&target.name) },
            minimum: count(spec.min_replicas.unwrap_or(1)),
            maximum: count(spec.max_replicas),
            current: count(status.current_replicas),
            desired: count(status.desired_replicas),
            limited,
            inactive,
            created: instant(&meta.creation_timestamp),
            zone: None,
        })
    }

    fn batch(changes: Vec<RowChange<AutoscalerRow>>) -> Batch {
        Batch::Autoscalers(changes)
    }
}
