//! Which scopes a user may see, and the sources that cover them.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, FuturesUnordered};
use serde::Deserialize;
use tokio::sync::watch;

use super::FeedOptions;
use super::backoff::Backoff;
use super::rows::Intake;
use super::source::{Ended, Source, SourceContext};
use crate::clients::kubernetes::{AccessReview, ObjectMeta};
use crate::picture::model::{Change, Delta, Scope, SourceKey};
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, Symbol};

/// Namespaces that are watched one by one at most: each takes a connection a kind.
const NAMESPACES: usize = 40;
/// Access reviews that are under way at once.
const REVIEWS: usize = 8;

/// Covers one kind: across the cluster where the user may, else namespace by namespace.
pub(super) struct Supervisor {
    context: SourceContext,
    options: FeedOptions,
}

impl Supervisor {
    pub(super) fn new(context: SourceContext, options: FeedOptions) -> Self {
        Supervisor { context, options }
    }

    pub(super) async fn run<K: Intake>(self) {
        loop {
            let closed = if K::KIND.namespaced() && !self.options.only.is_empty() {
                let namespaces = self.options.only.clone();
                self.run_namespaces::<K>(namespaces).await
            } else {
                self.run_cluster::<K>().await
            };
            if closed || !self.worth_another_try().await {
                return;
            }
        }
    }

    /// Waits after a refusal: that can change, but nobody tells. False when the console goes.
    async fn worth_another_try(&self) -> bool {
        let mut refresh = self.context.refresh.clone();
        refresh.mark_unchanged();
        tokio::select! {
            () = tokio::time::sleep(self.context.patience.off()) => true,
            changed = refresh.changed() => changed.is_ok(),
        }
    }

    /// True when the console goes.
    async fn run_cluster<K: Intake>(&self) -> bool {
        let key = self.key(K::KIND, Scope::Cluster);
        let reason = match Source::<K>::new(self.context.clone(), key.clone()).run().await {
            Ended::Closed => return true,
            Ended::Forbidden(reason) => reason,
        };
        if !K::KIND.namespaced() {
            return !self.off(key, reason).await;
        }
        let namespaces = self.allowed(K::KIND).await;
        if namespaces.is_empty() {
            return !self.off(key, reason).await;
        }
        if !self.send(key, Change::Retired).await {
            return true;
        }
        self.run_namespaces::<K>(namespaces).await
    }

    async fn run_namespaces<K: Intake>(&self, namespaces: Vec<Symbol>) -> bool {
        let sources = FuturesUnordered::new();
        for (index, namespace) in namespaces.into_iter().enumerate() {
            let key = self.key(K::KIND, Scope::Namespace(namespace));
            if index >= NAMESPACES {
                let reason =
                    format!("only {NAMESPACES} namespaces are watched one by one; name those that matter");
                if !self.off(key, reason).await {
                    return true;
                }
                continue;
            }
            sources.push(self.run_namespace::<K>(key));
        }
        // They end with the console only, all of them.
        sources.collect::<()>().await;
        true
    }

    async fn run_namespace<K: Intake>(&self, key: SourceKey) {
        loop {
            match Source::<K>::new(self.context.clone(), key.clone()).run().await {
                Ended::Closed => return,
                Ended::Forbidden(reason) => {
                    if !self.off(key.clone(), reason).await || !self.worth_another_try().await {
                        return;
                    }
                }
            }
        }
    }

    /// The namespaces in which the user may list the kind, as far as they can be found.
    async fn allowed(&self, kind: Kind) -> Vec<Symbol> {
        let mut names = match self.listed_namespaces().await {
            Some(names) => names,
            None => self.options.known.clone(),
        };
        names.sort();
        names.dedup();
        let reader = &self.context.reader;
        let reviews = stream::iter(names).map(|namespace| async move {
            let review = AccessReview {
                namespace: namespace.to_string(),
                verb: "list".to_owned(),
                group: kind.group().to_owned(),
                resource: kind.resource().to_owned(),
                ..AccessReview::default()
            };
            // Where nobody says, asking for the list itself tells.
            let allowed = reader.access_review(&review).await.map_or(true, |answer| answer.allowed);
            (namespace, allowed)
        });
        let answers: Vec<(Symbol, bool)> = reviews.buffered(REVIEWS).collect().await;
        answers.into_iter().filter(|(_, allowed)| *allowed).map(|(namespace, _)| namespace).collect()
    }

    async fn listed_namespaces(&self) -> Option<Vec<Symbol>> {
        #[derive(Deserialize)]
        struct List {
            items: Vec<Item>,
        }
        #[derive(Deserialize)]
        struct Item {
            metadata: ObjectMeta,
        }
        let list: List = self.context.reader.json(&Kind::Namespace.path(None)).await.ok()?;
        Some(list.items.into_iter().map(|item| Symbol::from(item.metadata.name)).collect())
    }

    fn key(&self, kind: Kind, scope: Scope) -> SourceKey {
        SourceKey { cluster: self.options.cluster.clone(), kind, scope }
    }

    async fn off(&self, key: SourceKey, reason: String) -> bool {
        if let Some(listed) = &self.context.listed {
            listed.send_replace(true);
        }
        self.send(key, Change::Freshness(Freshness::Off(reason))).await
    }

    async fn send(&self, key: SourceKey, change: Change) -> bool {
        self.context.deltas.send(Delta::Source(key, change)).await.is_ok()
    }
}

/// Waits until the flag is up, or until waiting any longer would help nobody.
pub(super) async fn settled(mut flag: watch::Receiver<bool>) {
    const LONG_ENOUGH: Duration = Duration::from_secs(60);
    // Either way the caller goes on.
    let _ = tokio::time::timeout(LONG_ENOUGH, flag.wait_for(|listed| *listed)).await;
}

/// Asks for the server's version until it tells.
pub(super) async fn server_version(context: SourceContext, cluster: Symbol) {
    let patience = context.patience;
    let mut backoff = Backoff::new(patience.first_pause, patience.longest_pause, &"version");
    loop {
        match context.reader.version().await {
            Ok(version) => {
                let delta = Delta::ServerVersion(cluster, version.git_version);
                // When nobody listens any more, there is nothing left to do either.
                let _ = context.deltas.send(delta).await;
                return;
            }
            Err(_) if context.deltas.is_closed() => return,
            Err(error) => tokio::time::sleep(backoff.next(error.retry_after())).await,
        }
    }
}
