//! What a controller is, and the table of those that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use super::aggregated_roles::AggregatedRoles;
use super::autoscalers::Autoscalers;
use super::backups::Backups;
use super::budgets::Budgets;
use super::certificates::Certificates;
use super::claims::Claims;
use super::cron::CronJobs;
use super::daemons::DaemonSets;
use super::definitions::Definitions;
use super::deployments::Deployments;
use super::endpoints::ServiceEndpoints;
use super::garbage::Garbage;
use super::jobs::Jobs;
use super::limits::Quotas;
use super::namespaces::Namespaces;
use super::nodes::{Heartbeats, NodeLifecycle, PodCollection, TaintEviction};
use super::queue::Queue;
use super::replica_sets::ReplicaSets;
use super::simulation::Simulation;
use super::stateful::StatefulSets;
use crate::demo::store::{Change, Key, Kind, Store};

/// One controller. It has its own state, hears of the changes of the kinds that it watches, names by them the objects to
/// look at again, and brings one object a step on when its turn comes.
pub trait Controller: Debug + Send {
    /// The name under which its tasks are queued; no two controllers share one.
    fn name(&self) -> &'static str;

    /// The kinds that are built in whose changes it hears of.
    fn watches(&self) -> &'static [Kind] {
        &[]
    }

    /// The custom kinds whose changes it hears of: group and plural.
    fn watches_custom(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Whether it hears of the changes of every kind.
    fn watches_everything(&self) -> bool {
        false
    }

    /// Names what a change gives it to do. What was there at the start comes as if it were new.
    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue);

    /// Brings one object a step on, and reports its state. The object may be gone by now.
    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key);
}

/// The controllers by their names. One that is at work is out of the table.
#[derive(Debug)]
pub struct Controllers {
    table: BTreeMap<&'static str, Box<dyn Controller>>,
    watchers: BTreeMap<Kind, Vec<&'static str>>,
    custom_watchers: BTreeMap<(&'static str, &'static str), Vec<&'static str>>,
    /// Those that watch every kind.
    watchmen: Vec<&'static str>,
}

impl Controllers {
    /// All controllers of the platform.
    pub fn new() -> Self {
        let controllers: Vec<Box<dyn Controller>> = vec![
            Box::new(AggregatedRoles::default()),
            Box::new(Autoscalers::default()),
            Box::new(Backups),
            Box::new(Budgets::default()),
            Box::new(Certificates),
            Box::new(Claims::default()),
            Box::new(CronJobs),
            Box::new(DaemonSets::default()),
            Box::new(Definitions),
            Box::new(Deployments),
            Box::new(Heartbeats::default()),
            Box::new(NodeLifecycle),
            Box::new(PodCollection),
            Box::new(Garbage::default()),
            Box::new(Namespaces),
            Box::new(Jobs::default()),
            Box::new(Quotas),
            Box::new(ReplicaSets::default()),
            Box::new(ServiceEndpoints::default()),
            Box::new(StatefulSets::default()),
            Box::new(TaintEviction),
        ];
        let mut watchers: BTreeMap<Kind, Vec<&'static str>> = BTreeMap::new();
        let mut custom_watchers: BTreeMap<_, Vec<&'static str>> = BTreeMap::new();
        let everywhere = controllers.iter().filter(|controller| controller.watches_everything());
        let watchmen = everywhere.map(|controller| controller.name()).collect();
        for controller in &controllers {
            for kind in controller.watches() {
                watchers.entry(*kind).or_default().push(controller.name());
            }
            for kind in controller.watches_custom() {
                custom_watchers.entry(*kind).or_default().push(controller.name());
            }
        }
        let table = controllers.into_iter().map(|controller| (controller.name(), controller)).collect();
        Controllers { table, watchers, custom_watchers, watchmen }
    }

    /// Shows every object that is there to the controllers that watch its kind.
    pub fn look_around(&mut self, store: &Store, queue: &mut Queue) {
        let custom = store.kinds().served().iter().map(|info| info.stored);
        let custom: BTreeSet<Kind> = custom.filter(|kind| matches!(kind, Kind::Custom(_))).collect();
        for kind in Kind::BUILT_IN.iter().chain(&custom) {
            for object in store.list(*kind, None, None) {
                let (after, last) = (Some(Arc::clone(object)), Arc::clone(object));
                self.notice(store, &Change { version: object.version, before: None, after, last }, queue);
            }
        }
    }

    /// Tells of a change the controllers that watch its kind.
    pub fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let mut names = self.watchers.get(&change.last.kind);
        if let (Kind::Custom(_), Some(info)) = (change.last.kind, store.kinds().of(change.last.kind)) {
            names = self.custom_watchers.get(&(&*info.group, &*info.plural));
        }
        for name in names.into_iter().flatten().chain(&self.watchmen) {
            if let Some(controller) = self.table.get_mut(name) {
                controller.notice(store, change, queue);
            }
        }
    }

    /// Takes a controller out for its work.
    pub fn take(&mut self, name: &str) -> Option<Box<dyn Controller>> {
        self.table.remove(name)
    }

    /// Puts a controller back after its work.
    pub fn put_back(&mut self, controller: Box<dyn Controller>) {
        self.table.insert(controller.name(), controller);
    }
}
