//! The platform without its sockets: its objects, its controllers and its API, in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;

use super::access::{Credentials, DemoUser};
use super::api::{self, ApiState, Audit, OpenApi};
use super::controllers::Simulation;
use super::model::{Flows, ImageFault, Model, ModelOptions, SharedModel};
use super::reference::{self, BuildError, Built, Fault};
use super::scenarios::{self, Director, Outcome, ScriptedRequest};
use super::server::DemoOptions;
use super::store::SharedStore;
use super::wire::Schema;
use crate::platform::time::{Clock, Instant};

/// A platform in memory. Cloning shares it.
///
/// On the machine's clock its controllers work while [`DemoPlatform::run`] does. On a manual clock nothing happens until
/// [`DemoPlatform::advance`] lets time pass: the same seed, the same clock and the same requests then give the same objects, byte for byte.
#[derive(Debug, Clone)]
pub struct DemoPlatform {
    state: Arc<ApiState>,
    simulation: Arc<Mutex<Simulation>>,
    director: Arc<Mutex<Director>>,
    clock: Clock,
}

impl DemoPlatform {
    /// Builds the platform.
    ///
    /// # Errors
    /// When its description can't be read.
    pub fn build(options: &DemoOptions, credentials: Credentials, port: u16) -> Result<Self, BuildError> {
        let schema = Arc::new(Schema::load()?);
        let mut library = scenarios::shipped()?;
        library.extend(options.scenarios.iter().cloned());
        let mut built = reference::build(&schema, options.seed, options.clock.now(), options.pods)?;
        scenarios::list(&mut built.store, &library, options.seed, options.clock.now());
        let model = SharedModel::new(model(&built, &schema, options)?);
        let (mut store, simulation) = Simulation::open(built, Arc::clone(&schema), options, model.clone());
        let clock = options.clock.clone();
        if let Some(order) = &options.drill {
            scenarios::ask(&mut store, order, options.seed, clock.now());
        }
        let store = SharedStore::new(store);
        let state = Arc::new(ApiState {
            schema,
            store,
            model,
            clock: clock.clone(),
            seed: options.seed,
            credentials,
            openapi: OpenApi::default(),
            audit: Audit::default(),
            port,
        });
        let director = Arc::new(Mutex::new(Director::new(library, options.seed)));
        Ok(DemoPlatform { state, simulation: Arc::new(Mutex::new(simulation)), director, clock })
    }

    /// Builds the platform for use without a socket.
    ///
    /// # Errors
    /// When its description can't be read.
    pub fn in_memory(options: &DemoOptions) -> Result<Self, BuildError> {
        let tokens = DemoUser::ALL.map(|user| (user.name().to_owned(), user));
        Self::build(options, Credentials::new(tokens), 0)
    }

    /// The service that answers requests; they carry the token of their user, and a loopback Host.
    pub fn router(&self) -> Router {
        api::router(Arc::clone(&self.state))
    }

    /// The service that answers requests as those of one user, whatever they carry.
    pub fn router_for(&self, user: DemoUser) -> Router {
        api::router_for(Arc::clone(&self.state), user)
    }

    /// The objects.
    pub fn store(&self) -> &SharedStore {
        &self.state.store
    }

    /// The load on them.
    pub fn model(&self) -> &SharedModel {
        &self.state.model
    }

    /// Lets the controllers do what there is to do, and on a manual clock lets so much time pass, one due thing after the other.
    pub fn advance(&self, time: Duration) {
        let milliseconds = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let end = self.clock.now().plus_millis(milliseconds);
        let mut due = self.work();
        while let Some(next) = due.filter(|due| *due <= end) {
            self.clock.set(next.max(self.clock.now()));
            due = self.work();
            if !self.clock.is_manual() {
                return;
            }
        }
        self.clock.set(end);
    }

    /// Lets the controllers work for as long as it is awaited: at each change from outside, and on the machine's clock when something is due.
    pub async fn run(&self) {
        loop {
            let due = self.work().filter(|_| !self.clock.is_manual());
            let wait = due.map(|due| u64::try_from(due.since(self.clock.now())).unwrap_or(0));
            tokio::select! {
                () = self.state.store.changed_outside() => {}
                () = tokio::time::sleep(Duration::from_millis(wait.unwrap_or(0))), if wait.is_some() => {}
            }
        }
    }

    /// Forgets what happened before now, as etcd does when it is compacted: lists and watches from earlier versions expire.
    pub fn compact(&self) {
        self.state.store.lock().compact();
    }

    /// Makes a request of a scenario's script.
    pub fn perform(&self, request: &ScriptedRequest) -> Outcome {
        let outcome = request.make(&self.state);
        self.state.store.wake_controllers();
        outcome
    }

    /// Does what there is to do now; gives when something is due by itself.
    fn work(&self) -> Option<Instant> {
        let mut simulation = self.simulation();
        let mut director = self.director.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            simulation.settle(&self.state.store);
            if !director.step(&self.state) {
                break;
            }
        }
        simulation.next_due().into_iter().chain(director.next_due()).min()
    }

    fn simulation(&self) -> MutexGuard<'_, Simulation> {
        self.simulation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The model of the load on what has been built.
fn model(built: &Built, schema: &Arc<Schema>, options: &DemoOptions) -> Result<Model, BuildError> {
    let flows = Flows::reference()?;
    let mut namespaces = flows.namespaces();
    namespaces.extend(built.namespaces.iter().cloned());
    namespaces.sort();
    namespaces.dedup();
    let start = options.clock.now();
    let noisy = options.churn > 0.0;
    let schema = Arc::clone(schema);
    let mut model = Model::new(ModelOptions { seed: options.seed, noisy, start, namespaces, flows, schema });
    for (image, fault) in &built.faults {
        let fault = match fault {
            Fault::Crash => ImageFault::Crash,
            Fault::Missing => ImageFault::Missing,
            Fault::Stall => ImageFault::Stall,
        };
        model.effects_mut().break_image(image, fault, start);
    }
    model.begin(&built.store);
    Ok(model)
}
