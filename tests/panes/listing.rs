//! What workloads and pods have in common: cursor, marks, order, filter, detail and typed values.

use quarterdeck::actions::Subject;
use quarterdeck::panes::{Effect, PaneId, Place, Scope};
use quarterdeck::picture::model::{Batch, Change, Delta, RowChange};
use quarterdeck::platform::object::{Kind, Symbol, Uid};

use super::fixture::{Maker, Screen, ailing, source};
use quarterdeck::platform::pod::PodHealth;

fn subject_names(screen: &Screen) -> Vec<String> {
    screen.pane.subjects(&screen.picture).iter().map(Subject::to_string).collect()
}

fn change_pods(screen: &mut Screen, changes: Vec<RowChange<quarterdeck::picture::model::PodRow>>) {
    screen.picture.apply(Delta::Source(source(Kind::Pod), Change::Rows(Batch::Pods(changes))));
    screen.settle();
}

fn uid_of(screen: &Screen, name: &str) -> Uid {
    screen.picture.pods().iter().find(|pod| *pod.name == *name).expect("there is such a pod").uid
}

#[test]
fn the_cursor_follows_its_object_and_stays_where_that_was() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.filter("namespace=data").unwrap();
    screen.act("cursor.down");
    assert_eq!(subject_names(&screen), ["pod/data/postgresql-1"]);

    // A row above goes: the cursor's row moves up with its object.
    let first = uid_of(&screen, "postgresql-0");
    change_pods(&mut screen, vec![RowChange::Remove(first)]);
    screen.buffer(80, 20);
    assert_eq!(subject_names(&screen), ["pod/data/postgresql-1"]);

    // The object itself goes: the cursor stays at its place, on the one that took it.
    let second = uid_of(&screen, "postgresql-1");
    change_pods(&mut screen, vec![RowChange::Remove(second)]);
    screen.buffer(80, 20);
    assert_eq!(subject_names(&screen), ["pod/data/postgresql-2"]);
}

#[test]
fn the_cursor_follows_its_object_through_another_order() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.act("cursor.bottom");
    let before = subject_names(&screen);
    assert_eq!(screen.act_with("table.sort", &[("column", "restarts")]), Effect::Changed);
    screen.buffer(80, 20);
    assert_eq!(subject_names(&screen), before);
    screen.act("cursor.top");
    assert_eq!(subject_names(&screen), ["pod/data/postgresql-0"], "most restarts come first");
    screen.act_with("table.sort", &[("column", "restarts"), ("order", "ascending")]);
    screen.act("cursor.bottom");
    assert_eq!(subject_names(&screen), ["pod/data/postgresql-0"]);
}

#[test]
fn a_cursor_on_the_first_row_stays_there_in_another_order() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.buffer(80, 20);
    screen.act_with("table.sort", &[("column", "restarts")]);
    screen.buffer(80, 20);
    assert_eq!(subject_names(&screen), ["pod/data/postgresql-0"]);
}

#[test]
fn by_status_the_worst_pods_come_first() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.act_with("table.sort", &[("column", "status")]);
    let words: Vec<String> =
        screen.rows().iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect();
    let firsts = ["Pending", "ImagePullBackOff", "CrashLoopBackOff", "Running", "Init:1/2", "Terminating"];
    assert_eq!(words[..6], firsts);
    assert_eq!(words.last().unwrap(), "Completed");
    screen.act_with("table.sort", &[("column", "status")]);
    assert_eq!(screen.rows()[0]["status"], "Completed", "asking again turns the order round");
}

#[test]
fn restarts_take_no_more_room_than_they_need() {
    let mut make = Maker::default();
    let workload = make.workload(Kind::Deployment, "a", "b", 1, 1);
    let mut pod = make.pod(&workload, 0);
    (pod.restarts, pod.restarted) = (17, Some(super::fixture::minutes_ago(223)));
    let mut screen = Screen::of(PaneId::Pods);
    screen.filter("namespace=kube-system").unwrap();
    assert!(screen.text(120, 20).contains("RESTARTS  AGE"), "nothing has been restarted");
    screen.filter("").unwrap();
    change_pods(&mut screen, vec![RowChange::Put(pod)]);
    let text = screen.text(160, 20);
    assert!(text.contains("17 (3h ago)"), "{text}");
    assert!(text.contains("NODE"), "the detail leaves the table its columns\n{text}");
}

#[test]
fn every_column_can_be_sorted_by_and_has_its_arrow() {
    let mut screen = Screen::of(PaneId::Pods);
    let mut seen = Vec::new();
    for _ in 0..12 {
        screen.act("table.sort-next");
        let text = screen.text(400, 10);
        let header = text.lines().find(|line| line.contains("NAMESPACE")).unwrap().to_owned();
        // The arrow stands in the gap: after a title on the left, before one on the right.
        let word = header.split_whitespace().find(|word| word.contains(['↑', '↓']));
        seen.push(word.expect("the order is shown").trim_matches(['↑', '↓']).to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 12, "{seen:?}");
    let before = screen.text(400, 10);
    screen.act("table.sort-next");
    screen.act("table.sort-previous");
    assert_eq!(screen.text(400, 10), before);
    screen.act("table.sort-reverse");
    assert_ne!(screen.text(400, 10), before);
    match screen.act_with("table.sort", &[("column", "colour")]) {
        Effect::Notify(text) => assert!(text.starts_with("there is no column `colour`"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn marks_are_kept_by_identity_and_name_the_subjects() {
    let mut screen = Screen::of(PaneId::Workloads);
    screen.filter("namespace=production").unwrap();
    screen.act("cursor.top");
    screen.act("table.mark");
    screen.act("table.mark");
    let marked = ["deployment/production/backend-rust", "deployment/production/checkout"];
    assert_eq!(subject_names(&screen), marked);
    assert_eq!(screen.pane.heading(&screen.picture), "Workloads · 3 of 18 · 2 marked");

    screen.act("table.clear-filter");
    screen.act("table.sort-reverse");
    assert_eq!(subject_names(&screen), marked, "neither filter nor order touch marks");

    let gone = screen.picture.workloads().find("production", "checkout").unwrap().uid;
    let change = Change::Rows(Batch::Workloads(vec![RowChange::Remove(gone)]));
    screen.picture.apply(Delta::Source(source(Kind::Deployment), change));
    assert_eq!(subject_names(&screen), marked[..1], "what has gone is no subject");

    screen.act("table.clear-marks");
    assert_eq!(screen.pane.subjects(&screen.picture).len(), 1, "the row under the cursor");
    screen.act("table.mark-all");
    assert_eq!(screen.pane.subjects(&screen.picture).len(), 17);
}

#[test]
fn the_filter_stays_visible_and_a_wrong_one_changes_nothing() {
    let mut screen = Screen::of(PaneId::Pods);
    let total = screen.picture.pods().len();
    screen.filter("status=crashloopbackoff").unwrap();
    assert_eq!(screen.pane.heading(&screen.picture), format!("Pods · 1 of {total}"));
    let text = screen.text(100, 20);
    assert!(text.contains("/ status=crashloopbackoff  1 of"), "{text}");
    assert!(screen.filter("statu=x").unwrap_err().contains("did you mean `status`"));
    assert_eq!(screen.pane.place().filter, "status=crashloopbackoff");
    screen.act("table.clear-filter");
    assert_eq!(screen.pane.heading(&screen.picture), format!("Pods · {total}"));
}

#[test]
fn a_workload_opens_into_its_pods_and_back_comes_the_same_place() {
    let mut screen = Screen::of(PaneId::Workloads);
    screen.filter("postgresql").unwrap();
    let Effect::Open(place) = screen.act("table.open") else { panic!("a workload opens") };
    assert_eq!(place.pane, PaneId::Pods);
    let mut pods = Screen::new(super::fixture::platform(), &place);
    assert_eq!(pods.pane.heading(&pods.picture), "Pods · statefulset data/postgresql · 3");
    assert_eq!(pods.pane.place(), place);
    let text = pods.text(80, 20);
    assert!(!text.contains("NAMESPACE"), "the heading says it already\n{text}");
    pods.pane.set_namespaces(&[Symbol::from("production")]);
    pods.settle();
    assert_eq!(pods.rows().len(), 3, "a workload brings its namespace along");
}

#[test]
fn several_namespaces_at_once() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.pane.set_namespaces(&[Symbol::from("data"), Symbol::from("staging")]);
    screen.settle();
    assert_eq!(screen.pane.heading(&screen.picture), "Pods · data, staging · 8");
}

#[test]
fn the_detail_is_shown_where_there_is_room_and_asked_for_elsewhere() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.buffer(200, 40);
    assert!(screen.pane.interests(&screen.picture).detail.is_some());
    screen.buffer(80, 20);
    assert!(screen.pane.interests(&screen.picture).detail.is_none());
    screen.act("detail.toggle");
    let text = screen.text(80, 20);
    assert!(text.contains("loading…"), "{text}");
    assert!(!text.contains("NAMESPACE"), "it takes the table's place\n{text}");
    let object = screen.pane.interests(&screen.picture).detail.unwrap();
    screen.picture.apply(Delta::Detail(object, Err("403: pods is forbidden".to_owned())));
    assert!(screen.text(80, 20).contains("the rest could not be read: 403: pods is forbidden"));
    screen.act("table.open");
    assert!(screen.text(80, 20).contains("NAMESPACE"), "and opening again brings it back");
}

#[test]
fn columns_that_do_not_fit_can_be_scrolled_to_with_the_name_in_sight() {
    let mut screen = Screen::of(PaneId::Pods);
    let text = screen.text(80, 20);
    assert!(!text.contains("ZONE"), "{text}");
    for _ in 0..7 {
        screen.act("table.scroll-right");
        screen.buffer(80, 20);
    }
    let text = screen.text(80, 20);
    assert!(text.contains("ZONE") && text.contains("NAME ") && text.contains("cilium-x7k2p"), "{text}");
}

#[test]
fn while_rows_arrive_the_cursor_stays_at_the_top_until_it_is_moved() {
    let mut make = Maker::default();
    let late = make.workload(Kind::Deployment, "b", "late", 1, 1);
    let early = make.workload(Kind::Deployment, "a", "early", 1, 1);
    let mut screen = Screen::new(super::fixture::empty_picture(), &Place::whole(PaneId::Pods));
    screen.picture.apply(Delta::Source(source(Kind::Pod), Change::ListBegins));
    let pod = make.pod(&late, 0);
    change_pods(&mut screen, vec![RowChange::Put(pod)]);
    assert_eq!(screen.pane.heading(&screen.picture), "Pods · 1…");
    screen.buffer(80, 20);
    let pod = make.pod(&early, 0);
    change_pods(&mut screen, vec![RowChange::Put(pod)]);
    assert!(screen.cursor_line().contains("early"), "{}", screen.cursor_line());
}

#[test]
fn hostile_text_reaches_neither_cells_nor_clipboard() {
    let mut make = Maker::default();
    let workload = make.workload(Kind::Deployment, "a", "b", 1, 1);
    let mut pod = ailing(make.pod(&workload, 0), "Evil\x1b[31mRed", PodHealth::Failing, 0, 0);
    pod.name = "na\x1b]0;title\x07me\r\n".into();
    let mut screen = Screen::of(PaneId::Pods);
    change_pods(&mut screen, vec![RowChange::Put(pod)]);
    screen.act("cursor.top");
    let text = screen.text(200, 30);
    assert!(text.contains("EvilRed"), "{text}");
    assert!(!text.contains('\x1b') && !text.contains("title"), "{text}");
    assert!(!screen.pane.copy_text(&screen.picture).unwrap().contains(|letter: char| letter.is_control()));
}

#[test]
fn values_are_typed() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.filter("postgresql").unwrap();
    let rows = screen.rows();
    insta::assert_snapshot!("pod_values", serde_json::to_string_pretty(&rows[..2]).unwrap());
    let mut screen = Screen::of(PaneId::Workloads);
    screen.filter("namespace=production").unwrap();
    let rows = screen.rows();
    insta::assert_snapshot!("workload_values", serde_json::to_string_pretty(&rows[..2]).unwrap());
}

#[test]
fn ages_wake_the_console_no_sooner_than_they_change() {
    let mut screen = Screen::new(
        super::fixture::platform(),
        &Place { scope: Scope::default(), ..Place::whole(PaneId::Workloads) },
    );
    screen.buffer(80, 20);
    let next = screen.pane.next_change(&screen.picture, screen.now).unwrap();
    assert!(next.since(screen.now) > 60_000, "twelve days old: {next:?}");
}
