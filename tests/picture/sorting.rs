//! The order of rows.

use std::cmp::Ordering;

use proptest::prelude::*;
use quarterdeck::picture::columns::{ColumnKey, PodColumn, Tabled, WorkloadColumn};
use quarterdeck::picture::model::PodRow;
use quarterdeck::picture::{Names, Sort};
use quarterdeck::platform::object::Symbol;
use quarterdeck::platform::time::Instant;
use quarterdeck::platform::workload::Health;

use super::rows::{pod, workload};

fn names() -> Names {
    Names::new([Symbol::from("edge"), Symbol::from("data")])
}

/// The names of rows in order.
fn sorted<R: Tabled>(mut rows: Vec<R>, column: R::Column, descending: bool) -> Vec<String> {
    let sort = Sort { column, descending };
    rows.sort_by(|left, right| sort.compare(left, right, &names()));
    rows.iter().map(|row| row.name().to_owned()).collect()
}

fn with(name: &str, change: impl FnOnce(&mut PodRow)) -> PodRow {
    let mut row = pod(name.bytes().map(u128::from).sum(), "default", name);
    change(&mut row);
    row
}

#[test]
fn the_youngest_come_first() {
    let rows =
        || vec![with("old", |row| row.created = Instant(1)), with("young", |row| row.created = Instant(9))];
    assert_eq!(sorted(rows(), PodColumn::Age, false), ["young", "old"]);
    assert_eq!(sorted(rows(), PodColumn::Age, true), ["old", "young"]);
}

#[test]
fn what_lacks_most_comes_first() {
    let ready = |name, ready, containers| with(name, |row| (row.ready, row.containers) = (ready, containers));
    let rows = vec![ready("whole", 2, 2), ready("none", 0, 3), ready("half", 1, 2)];
    assert_eq!(sorted(rows, PodColumn::Ready, false), ["none", "half", "whole"]);
}

#[test]
fn numbers_are_no_texts() {
    let rows = [2, 10, 1].map(|restarts| with(&format!("r{restarts}"), |row| row.restarts = restarts));
    assert_eq!(sorted(rows.to_vec(), PodColumn::Restarts, false), ["r1", "r2", "r10"]);
    assert_eq!(sorted(rows.to_vec(), PodColumn::Restarts, true), ["r10", "r2", "r1"]);
}

#[test]
fn what_is_missing_comes_last_in_either_direction() {
    let node = |name: &str| with(name, |row| row.node = Some(Symbol::from(name)));
    let rows = || vec![node("a"), with("nowhere", |_| {}), node("b")];
    assert_eq!(sorted(rows(), PodColumn::Node, false), ["a", "b", "nowhere"]);
    assert_eq!(sorted(rows(), PodColumn::Node, true), ["b", "a", "nowhere"]);
}

#[test]
fn equal_values_are_in_order_of_namespace_and_name() {
    let rows = vec![pod(1, "b", "b"), pod(2, "b", "a"), pod(3, "a", "c")];
    for descending in [false, true] {
        assert_eq!(sorted(rows.clone(), PodColumn::Status, descending), ["c", "a", "b"]);
    }
}

#[test]
fn every_column_has_a_name() {
    for column in PodColumn::ALL {
        assert_eq!(PodColumn::from_name(column.name()), Some(*column));
    }
    for column in WorkloadColumn::ALL {
        assert_eq!(WorkloadColumn::from_name(column.name()), Some(*column));
    }
    assert_eq!(PodColumn::from_name("Name"), None);
}

#[test]
fn workloads_are_in_order_of_how_bad_they_are() {
    let rows = vec![workload(1, "a", "good", Health::Healthy), workload(2, "a", "bad", Health::Degraded)];
    assert_eq!(sorted(rows, WorkloadColumn::Health, false), ["good", "bad"]);
}

fn any_pod() -> impl Strategy<Value = PodRow> {
    let texts = ("[ab]", "[ab]", prop::option::of("[ab]"), prop::option::of("[ab]"));
    (0u128..4, texts, 0u16..3, 0u32..3, 0i64..3, any::<bool>()).prop_map(
        |(uid, (namespace, name, node, image), ready, restarts, created, address)| PodRow {
            node: node.map(Symbol::from),
            images: image.map(Symbol::from).into_iter().collect(),
            ip: address.then_some("10.0.0.1".parse().ok()).flatten(),
            ready,
            containers: 2,
            restarts,
            created: Instant(created),
            ..pod(uid, &namespace, &name)
        },
    )
}

proptest! {
    #[test]
    fn the_order_by_any_column_is_total(
        rows in prop::collection::vec(any_pod(), 3), column in 0..PodColumn::ALL.len(), descending: bool,
    ) {
        let (sort, names) = (Sort { column: PodColumn::ALL[column], descending }, names());
        let compare = |left: usize, right: usize| sort.compare(&rows[left], &rows[right], &names);
        prop_assert_eq!(compare(0, 1), compare(1, 0).reverse());
        if compare(0, 1).is_le() && compare(1, 2).is_le() {
            prop_assert!(compare(0, 2).is_le());
        }
        prop_assert_eq!(compare(0, 0), Ordering::Equal);
        let same = |left: &PodRow, right: &PodRow| {
            (left.uid, &left.namespace, &left.name) == (right.uid, &right.namespace, &right.name)
        };
        prop_assert!(!compare(0, 1).is_eq() || same(&rows[0], &rows[1]));
    }
}
