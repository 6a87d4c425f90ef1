//! Carries out what the load does to pods.

use k8s_pb::api::core::v1::Pod;

use super::kubelet;
use super::pod_life::Step;
use super::simulation::Simulation;
use crate::demo::model::{Happening, Sufferer};
use crate::demo::store::Store;

impl Simulation {
    /// Lets the load of the last seconds pass, and pods suffer what it does to them.
    pub(super) fn suffer(&mut self, store: &mut Store) {
        let now = self.now();
        let happenings = self.model.lock().step(store, now);
        for happening in happenings {
            self.carry_out(store, happening);
        }
    }

    fn carry_out(&mut self, store: &mut Store, happening: Happening) {
        match happening {
            Happening::OutOfMemory(at) => self.befall(store, &at, Step::OutOfMemory),
            Happening::Exits { at, .. } => self.befall(store, &at, Step::Crash),
            Happening::ProbeRecovers(at) => self.befall(store, &at, Step::Ready),
            Happening::ProbeFails { at, message } => {
                let Some((mut pod, index)) = sufferer(store, &at) else { return };
                kubelet::set_ready(&mut pod, index, false, self.now());
                store.put(&mut pod);
                self.warn(store, &pod, "Unhealthy", &message, "kubelet");
            }
        }
    }

    fn befall(&mut self, store: &mut Store, at: &Sufferer, step: impl Fn(usize) -> Step) {
        if let Some((_, index)) = sufferer(store, at) {
            self.step(store, &at.pod, &at.uid, step(index));
        }
    }
}

/// The pod, and the place of its container.
fn sufferer(store: &Store, at: &Sufferer) -> Option<(Pod, usize)> {
    let pod = store.read::<Pod>(&at.pod)?;
    let uid = pod.metadata.as_ref().and_then(|it| it.uid.as_deref());
    if uid != Some(&*at.uid) {
        return None;
    }
    let containers = &pod.spec.as_ref()?.containers;
    let index = containers.iter().position(|it| it.name.as_deref() == Some(&*at.container))?;
    Some((pod, index))
}
