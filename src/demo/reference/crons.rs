//! Cron jobs, with the jobs that their last runs have left behind.

use k8s_pb::api::batch::v1::{CronJob, Job};

use super::build::{BuildError, Builder};
use super::description::{CronDescription, milliseconds};
use super::manifests;
use crate::demo::controllers::cron::Schedule;
use crate::demo::controllers::{PodIdentity, kubelet};
use crate::demo::objects::controller_reference;
use crate::demo::random::Random;
use crate::platform::time::Instant;

/// How many successful jobs are kept.
const KEPT: usize = 3;

impl Builder<'_> {
    /// Puts a cron job, and its last runs.
    pub fn put_cron(&mut self, cron: &CronDescription) -> Result<(), BuildError> {
        let workload = cron.workload();
        let mut random = self.random(&format!("{}/{}", cron.namespace, cron.name));
        let created = self.now.plus_millis(-milliseconds(&cron.age));
        self.put_surroundings(&workload)?;
        let lasts = milliseconds(&cron.lasts);
        let runs = Schedule::parse(&cron.schedule, None)?.latest(self.now, KEPT);
        let last = runs.first().copied().unwrap_or(created);
        let labels = manifests::labels(&workload, &cron.image);
        let metadata = manifests::counted_metadata(&cron.namespace, &cron.name, created, labels, &mut random);
        let manifest = manifests::cron_job(cron, metadata, last, last.plus_millis(lasts).min(self.now));
        let owner: CronJob = self.put_json(&manifests::applied(manifest, "helm", created))?;
        for run in runs.into_iter().rev() {
            self.put_run(cron, &owner, run, lasts, &mut random)?;
        }
        Ok(())
    }

    /// Puts the job of one run, and its pod. The job is named after the minute that it was meant for, as the controller does it.
    fn put_run(
        &mut self,
        cron: &CronDescription,
        owner: &CronJob,
        run: Instant,
        lasts: i64,
        random: &mut Random,
    ) -> Result<(), BuildError> {
        let workload = cron.workload();
        let name = format!("{}-{}", cron.name, run.seconds() / 60);
        let labels = manifests::labels(&workload, &cron.image);
        let metadata = manifests::counted_metadata(&cron.namespace, &name, run, labels, random);
        // One that would still run has just come to its end.
        let ended = run.plus_millis(lasts).min(self.now);
        let manifest = manifests::job(&workload, metadata, run, ended);
        let mut job: Job = self.typed(&manifests::applied(manifest, "kube-controller-manager", run))?;
        let metadata = job.metadata.get_or_insert_default();
        metadata.owner_references =
            vec![controller_reference("batch/v1", "CronJob", owner.metadata.as_ref())];
        let scheduled = ("batch.kubernetes.io/cronjob-scheduled-timestamp".to_owned(), run.rfc3339());
        metadata.annotations.extend([scheduled]);
        self.store.put(&mut job);
        let template = job.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let reference = controller_reference("batch/v1", "Job", job.metadata.as_ref());
        let mould = self.mould(&template, &cron.namespace, reference)?;
        let identity = PodIdentity { name: format!("{name}-{}", random.suffix(5)), created: run };
        let mut pod = mould.cast(&identity, random);
        if let Some((place, address)) = self.place(&pod) {
            kubelet::Past::well(&pod, &place, &address, run).completed(ended).write(&mut pod);
        }
        self.store.put(&mut pod);
        Ok(())
    }
}
