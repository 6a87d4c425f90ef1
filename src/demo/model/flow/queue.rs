//! Queues between those who publish and the workers who take from them.

use super::{Flow, Scene, serves};
use crate::demo::model::pod_state::PodState;

/// A queue.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct QueueState {
    /// Messages that wait.
    pub ready: f64,
    /// Messages that workers have and haven't acknowledged.
    pub unacknowledged: f64,
    /// Messages that were published, since the broker was first seen.
    pub published: f64,
    /// Messages that were given to workers, since then.
    pub delivered: f64,
    /// Messages published a second.
    pub publish_rate: f64,
    /// Messages taken a second.
    pub take_rate: f64,
    /// The workers' pods that take messages.
    pub consumers: usize,
}

impl Flow {
    /// Lets messages come into the queue of a worker service and workers take them; gives how many they take a second.
    ///
    /// The queue's length is the integral of what comes in less what goes out.
    pub(super) fn take_tasks(
        &mut self,
        scene: &Scene<'_>,
        states: &[PodState],
        (environment, service): (usize, usize),
        published: f64,
    ) -> f64 {
        let broker = scene.flows.services[service].queue.as_deref();
        let place = scene.flows.services.iter().position(|it| Some(it.workload.as_str()) == broker);
        let broker = place.and_then(|place| scene.topology.serves[environment][place]);
        let Some(broker) = broker.map(|index| &scene.topology.instances[index]) else { return 0.0 };
        let up = broker.pods.iter().any(|pod| serves(scene, *pod));
        let capacity = self.workers(scene, states, (environment, service));
        let queue = self.queues.entry((broker.key.clone(), environment)).or_default();
        queue.publish_rate = published;
        queue.published += published * scene.seconds;
        queue.ready += published * scene.seconds;
        queue.consumers = capacity.1;
        let possible = if up { capacity.0 } else { 0.0 };
        let taken = possible.min(queue.ready / scene.seconds.max(1e-3));
        queue.ready -= taken * scene.seconds;
        queue.delivered += taken * scene.seconds;
        queue.take_rate = taken;
        let time = self.cells[environment][service].mean;
        queue.unacknowledged =
            if up { (taken * time).max((capacity.1 as f64).min(queue.ready)) } else { 0.0 };
        taken
    }

    /// How many tasks the workers can do a second, and how many pods of them there are.
    fn workers(
        &self,
        scene: &Scene<'_>,
        states: &[PodState],
        (environment, service): (usize, usize),
    ) -> (f64, usize) {
        let Some(instance) = scene.topology.serves[environment][service] else { return (0.0, 0) };
        let instance = &scene.topology.instances[instance];
        let description = &scene.flows.services[service];
        let time = self.task_time(scene, (environment, service));
        let working = instance.pods.iter().filter(|pod| serves(scene, **pod));
        let (mut capacity, mut count) = (0.0, 0);
        for pod in working {
            let Some(container) = scene.pods[*pod].containers.first() else { continue };
            let started = container.running_since().unwrap_or(scene.now);
            let limit = if container.limits.cpu > 0 { container.limits.cpu as f64 / 1000.0 } else { 4.0 };
            let stretch = states[*pod].stretch.max(1.0);
            let by_time = description.slots / (time * stretch).max(1e-3);
            let by_processor = limit / (description.cpu_ms / 1000.0 * stretch).max(1e-6);
            capacity += by_time.min(by_processor) * scene.effects.consumer(&instance.key, started);
            count += 1;
        }
        (capacity, count)
    }

    /// How long a task takes when it doesn't wait for a worker, in seconds.
    fn task_time(&self, scene: &Scene<'_>, (environment, service): (usize, usize)) -> f64 {
        let description = &scene.flows.services[service];
        let (mean, _) = self.dependencies(scene, environment, service);
        (description.cpu_ms + description.wait_ms) / 1000.0 + mean
    }
}
