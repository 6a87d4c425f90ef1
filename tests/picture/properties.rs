//! After any sequence of deltas, queries and slices of work the picture is what a plain recount says.

use proptest::prelude::*;
use quarterdeck::picture::Picture;
use quarterdeck::picture::columns::{ColumnKey, PodColumn};
use quarterdeck::picture::model::{Batch, Change, Delta, PodRow, RowChange};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol, Uid};
use quarterdeck::platform::pod::PodHealth;
use quarterdeck::platform::time::Instant;
use quarterdeck::platform::workload::Health;
use quarterdeck::platform::zone::ZoneId;

use super::model::{Asked, FILTERS, Model, Recount};
use super::rows::{autoscaler, labels, namespace, owner, picture, pod, source, workload};

const NAMESPACES: [&str; 3] = ["alpha", "beta", "gamma"];
const NODES: [&str; 2] = ["worker-1", "worker-2"];
/// The sources of pods: the whole cluster, and two of its namespaces.
const SOURCES: [Option<&str>; 3] = [None, Some("alpha"), Some("beta")];
const STATES: [(&str, PodHealth); 4] = [
    ("Running", PodHealth::Ready),
    ("CrashLoopBackOff", PodHealth::Failing),
    ("Completed", PodHealth::Done),
    ("Terminating", PodHealth::Terminating),
];

#[derive(Debug, Clone)]
enum Step {
    ListBegins(usize),
    Pods(usize, Vec<RowChange<PodRow>>),
    ListEnds(usize),
    Retired(usize),
    Freshness(usize, bool),
    /// A namespace has such labels now, or is gone.
    Namespace(usize, Option<bool>),
    Workload(u128, Option<(usize, bool, Health)>),
    Autoscaler(u128, Option<(usize, u32)>),
    Show(Option<Asked>),
    Work,
}

fn any_pod() -> impl Strategy<Value = PodRow> {
    let place =
        (0..NAMESPACES.len(), prop::option::of(0..NODES.len()), any::<bool>(), prop::option::of(0..2));
    let state = (0..STATES.len(), 0u32..5, 0i64..4, any::<bool>());
    (0u128..24, place, state).prop_map(
        |(uid, (home, node, exposed, owned), (state, restarts, created, web))| {
            let (status, health) = STATES[state];
            let name = format!("{}-{uid}", if web { "web" } else { "job" });
            PodRow {
                labels: labels(if exposed { &[("expose", "yes")] } else { &[] }),
                node: node.map(|node| Symbol::from(NODES[node])),
                workload: owned
                    .map(|index: i32| owner(Kind::Deployment, if index == 0 { "web" } else { "job" })),
                status: Symbol::from(status),
                health,
                restarts,
                created: Instant(created),
                ..pod(uid, NAMESPACES[home], &name)
            }
        },
    )
}

fn any_change() -> impl Strategy<Value = RowChange<PodRow>> {
    prop_oneof![
        4 => any_pod().prop_map(RowChange::Put),
        1 => (0u128..24).prop_map(|uid| RowChange::Remove(Uid(uid))),
    ]
}

fn any_query() -> impl Strategy<Value = Asked> {
    let scope = (
        prop::sample::subsequence(NAMESPACES.to_vec(), 0..3),
        prop::option::weighted(0.3, prop::option::of(0u8..3)),
        prop::option::weighted(0.2, (prop::sample::select(NAMESPACES.to_vec()), Just("web"))),
        prop::option::weighted(0.2, prop::sample::select(NODES.to_vec())),
    );
    (scope, 0..FILTERS.len(), 0..PodColumn::ALL.len(), any::<bool>()).prop_map(
        |((namespaces, zone, workload, node), filter, column, descending)| Asked {
            namespaces,
            zone,
            workload,
            node,
            filter,
            column,
            descending,
        },
    )
}

fn any_step() -> impl Strategy<Value = Step> {
    let health = prop::sample::select(vec![Health::Idle, Health::Healthy, Health::Degraded, Health::Down]);
    let from = 0..SOURCES.len();
    prop_oneof![
        2 => from.clone().prop_map(Step::ListBegins),
        8 => (from.clone(), prop::collection::vec(any_change(), 0..12)).prop_map(|(from, changes)| Step::Pods(from, changes)),
        2 => from.clone().prop_map(Step::ListEnds),
        1 => from.clone().prop_map(Step::Retired),
        1 => (from, any::<bool>()).prop_map(|(from, live)| Step::Freshness(from, live)),
        2 => (0..NAMESPACES.len(), prop::option::of(any::<bool>())).prop_map(|(name, data)| Step::Namespace(name, data)),
        1 => (0u128..4, prop::option::of((0..NAMESPACES.len(), any::<bool>(), health))).prop_map(|(uid, row)| Step::Workload(uid, row)),
        1 => (0u128..4, prop::option::of((0..NAMESPACES.len(), 1u32..5))).prop_map(|(uid, row)| Step::Autoscaler(uid, row)),
        3 => prop::option::weighted(0.9, any_query()).prop_map(Step::Show),
        3 => Just(Step::Work),
    ]
}

fn send(picture: &mut Picture, kind: Kind, namespace: Option<&str>, change: Change) {
    picture.apply(Delta::Source(source(kind, namespace), change));
}

fn change<R>(uid: u128, row: Option<R>) -> Vec<RowChange<R>> {
    vec![row.map_or(RowChange::Remove(Uid(uid)), RowChange::Put)]
}

/// Takes a step in both.
fn take(step: Step, picture: &mut Picture, model: &mut Model) {
    match step {
        Step::ListBegins(from) => {
            send(picture, Kind::Pod, SOURCES[from], Change::ListBegins);
            let source = &mut model.sources[from];
            source.list += 1;
            if source.freshness == Freshness::Waiting {
                source.freshness = Freshness::Loading;
            }
        }
        Step::Pods(from, changes) => {
            send(picture, Kind::Pod, SOURCES[from], Change::Rows(Batch::Pods(changes.clone())));
            for change in changes {
                match change {
                    RowChange::Put(pod) => model.put(from, pod),
                    RowChange::Remove(uid) => drop(model.pods.remove(&uid)),
                }
            }
        }
        Step::ListEnds(from) => {
            send(picture, Kind::Pod, SOURCES[from], Change::ListEnds);
            model.end_list(from);
        }
        Step::Retired(from) => {
            send(picture, Kind::Pod, SOURCES[from], Change::Retired);
            model.retire(from);
        }
        Step::Freshness(from, live) => {
            let freshness = if live { Freshness::Live } else { Freshness::Stale(Instant(1)) };
            send(picture, Kind::Pod, SOURCES[from], Change::Freshness(freshness.clone()));
            model.sources[from].freshness = freshness;
        }
        Step::Namespace(index, data) => {
            let uid = 1_000 + index as u128;
            let row = data.map(|data| {
                let labels = labels(if data { &[("tier", "data")] } else { &[] });
                namespace(uid, NAMESPACES[index], labels)
            });
            match &row {
                Some(row) => drop(model.namespaces.insert(row.uid, (row.name.clone(), row.labels.clone()))),
                None => drop(model.namespaces.remove(&Uid(uid))),
            }
            model.rezone();
            send(picture, Kind::Namespace, None, Change::Rows(Batch::Namespaces(change(uid, row))));
        }
        Step::Workload(number, row) => {
            let uid = 2_000 + number;
            let row = row.map(|(home, exposed, health)| {
                let mut row = workload(uid, NAMESPACES[home], "web", health);
                row.template_labels = labels(if exposed { &[("expose", "yes")] } else { &[] });
                row
            });
            match row.clone() {
                Some(row) => drop(model.workloads.insert(row.uid, row)),
                None => drop(model.workloads.remove(&Uid(uid))),
            }
            send(picture, Kind::Deployment, None, Change::Rows(Batch::Workloads(change(uid, row))));
        }
        Step::Autoscaler(number, row) => {
            let uid = 3_000 + number;
            let row = row.map(|(home, current)| autoscaler(uid, NAMESPACES[home], current));
            match row.clone() {
                Some(row) => drop(model.autoscalers.insert(row.uid, row)),
                None => drop(model.autoscalers.remove(&Uid(uid))),
            }
            let batch = Batch::Autoscalers(change(uid, row));
            send(picture, Kind::HorizontalPodAutoscaler, None, Change::Rows(batch));
        }
        Step::Show(asked) => {
            picture.show_pods(asked.as_ref().map(Asked::query));
            if model.coming.as_ref().or(model.shown.as_ref()) != asked.as_ref() {
                let same_place = model
                    .shown
                    .as_ref()
                    .zip(asked.as_ref())
                    .is_some_and(|(shown, asked)| shown.same_scope(asked));
                if !same_place {
                    model.shown = None;
                }
                model.coming = asked;
            }
        }
        Step::Work => {
            let mut slices = 1;
            picture.work(&mut || {
                slices -= 1;
                slices >= 0
            });
            // There are fewer rows than one slice looks at.
            model.shown = model.coming.take().or(model.shown.take());
        }
    }
}

fn check_view(picture: &Picture, model: &Model) -> Result<(), TestCaseError> {
    let view = picture.pod_view();
    prop_assert_eq!(view.settled(), model.coming.is_none());
    let Some(shown) = &model.shown else {
        // Nothing of the new place has been looked at yet.
        prop_assert_eq!((view.len(), view.total()), (0, 0));
        return Ok(());
    };
    let rows: Vec<_> = (0..view.len()).filter_map(|index| view.row(index)).collect();
    let expected = model.rows(shown, picture.names());
    prop_assert_eq!(rows.iter().map(|shown| shown.row).collect::<Vec<_>>(), expected);
    prop_assert_eq!(view.total(), model.in_scope(shown));
    prop_assert!(view.row(view.len()).is_none());
    for (index, shown) in rows.iter().enumerate() {
        prop_assert_eq!(view.index_of(shown.row.uid), Some(index));
        prop_assert_eq!(shown.confirmed, model.confirmed(shown.row.uid), "{}", shown.row.name);
    }
    let listed = |uid: &Uid| rows.iter().any(|shown| shown.row.uid == *uid);
    for uid in (0..24).map(Uid).filter(|uid| !listed(uid)) {
        prop_assert_eq!(view.index_of(uid), None);
    }
    Ok(())
}

fn check_zones(picture: &Picture, model: &Model) -> Result<(), TestCaseError> {
    let summaries = picture.zones();
    for zone in [None, Some(ZoneId(0)), Some(ZoneId(1)), Some(ZoneId(2))] {
        let expected = model.recount(zone);
        let Some(summary) = summaries.iter().find(|summary| summary.id == zone) else {
            prop_assert_eq!(zone, None, "only what is in no zone may be left out");
            prop_assert_eq!((expected.pods.total(), expected.workloads.total()), (0, 0));
            continue;
        };
        let found = Recount {
            pods: summary.pods,
            workloads: summary.workloads,
            autoscalers: summary.autoscalers,
            at_limit: summary.autoscalers_at_limit,
            requested: summary.requested,
            restarts: summary.restarts,
        };
        prop_assert_eq!(found, expected, "{}", summary.name);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_picture_is_what_its_rows_are(steps in prop::collection::vec(any_step(), 1..60)) {
        let (mut picture, mut model) = (picture(), Model::default());
        for step in steps {
            take(step, &mut picture, &mut model);
            prop_assert_eq!(picture.pods().len(), model.pods.len());
            for known in model.pods.values() {
                prop_assert_eq!(picture.pods().get(known.pod.uid), Some(&known.pod));
            }
            check_view(&picture, &model)?;
            check_zones(&picture, &model)?;
        }
    }

    /// More rows than a slice looks at, with changes before, between and behind what has been looked at.
    #[test]
    fn a_query_in_slices_ends_where_one_at_once_does(
        asked in any_query(),
        turns in prop::collection::vec(prop::collection::vec(0u128..2_000, 0..40), 1..8),
    ) {
        let (mut picture, mut model) = (picture(), Model::default());
        let made = |uid: u128, turn: usize| PodRow {
            restarts: (uid as u32).wrapping_mul(2_654_435_761).wrapping_add(turn as u32) % 5,
            created: Instant((uid * 7_919 % 97) as i64),
            node: uid.is_multiple_of(3).then(|| Symbol::from(NODES[turn % 2])),
            ..pod(uid, NAMESPACES[(uid as usize + turn) % 3], &format!("web-{}", uid % 700))
        };
        let first: Vec<_> = (0..2_000).map(|uid| RowChange::Put(made(uid, 0))).collect();
        take(Step::Pods(0, first), &mut picture, &mut model);
        picture.show_pods(Some(asked.query()));
        for (turn, uids) in turns.into_iter().enumerate() {
            let mut slices = 0;
            picture.work(&mut || { slices += 1; slices == 1 });
            let changes = uids.into_iter().map(|uid| match uid % 4 {
                0 => RowChange::Remove(Uid(uid)),
                _ => RowChange::Put(made(uid, turn + 1)),
            });
            take(Step::Pods(0, changes.collect()), &mut picture, &mut model);
            let view = picture.pod_view();
            for index in 0..view.len() {
                let shown = view.row(index).expect("a row");
                prop_assert_eq!(view.index_of(shown.row.uid), Some(index));
            }
        }
        prop_assert!(!picture.work(&mut || true));
        model.shown = Some(asked);
        check_view(&picture, &model)?;
    }
}
