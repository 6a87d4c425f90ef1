//! The zones pane.

use quarterdeck::panes::{Effect, PaneId, Place, Scope};
use quarterdeck::picture::model::{Batch, Change, Delta, RowChange};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::Kind;
use quarterdeck::platform::zone::ZoneId;

use super::fixture::{Maker, Screen, empty_picture, list, put, source};

#[test]
fn a_zone_opens_into_its_workloads_or_its_pods() {
    let mut screen = Screen::of(PaneId::Zones);
    screen.act("cursor.down");
    let scope = Scope { zone: Some(Some(ZoneId(1))), ..Scope::default() };
    let Effect::Open(place) = screen.act("table.open") else { panic!("a zone opens") };
    assert_eq!((place.pane, &place.scope), (PaneId::Workloads, &scope));
    let workloads = Screen::new(super::fixture::platform(), &place);
    assert_eq!(workloads.pane.heading(&workloads.picture), "Workloads · application · 6");
    let Effect::Open(place) = screen.act("zone.open-pods") else { panic!("a zone opens into pods") };
    assert_eq!((place.pane, &place.scope), (PaneId::Pods, &scope));
}

#[test]
fn what_is_in_no_zone_is_the_last_zone() {
    let mut screen = Screen::of(PaneId::Zones);
    screen.act("cursor.bottom");
    let Effect::Open(place) = screen.act("table.open") else { panic!("a zone opens") };
    assert_eq!(place.scope.zone, Some(None));
    assert_eq!(screen.pane.copy_text(&screen.picture).as_deref(), Some("unzoned"));
}

#[test]
fn a_filter_leaves_the_zones_that_it_names() {
    let mut screen = Screen::of(PaneId::Zones);
    screen.filter("velero").unwrap();
    assert_eq!(screen.pane.heading(&screen.picture), "Zones · 1 of 8 · 2 need attention");
    assert_eq!(screen.pane.copy_text(&screen.picture).as_deref(), Some("storage"));
}

#[test]
fn what_has_not_arrived_does_not_look_well() {
    let mut screen = Screen::new(super::fixture::empty_picture(), &Place::whole(PaneId::Zones));
    let text = screen.text(80, 20);
    assert!(text.starts_with("Zones · 7…\n"), "{text}");
    assert!(text.contains("waiting for https://demo.example.net:6443"), "{text}");
    assert!(text.contains("?  public        not known yet"), "{text}");
    assert!(!text.contains('●'), "{text}");
}

#[test]
fn what_may_not_be_seen_is_not_counted_as_nothing() {
    let mut make = Maker::default();
    let mut picture = empty_picture();
    let workload = make.workload(Kind::Deployment, "data", "registry", 1, 1);
    for kind in [Kind::Namespace, Kind::Node, Kind::Pod, Kind::HorizontalPodAutoscaler] {
        let reason = format!("{} is forbidden: User \"eve\" cannot list it", kind.resource());
        picture.apply(Delta::Source(source(kind), Change::Freshness(Freshness::Off(reason))));
    }
    for kind in [Kind::StatefulSet, Kind::DaemonSet] {
        list(&mut picture, kind, Batch::Workloads(Vec::new()));
    }
    list(&mut picture, Kind::Deployment, Batch::Workloads(put([workload])));
    let mut screen = Screen::new(picture, &Place::whole(PaneId::Zones));
    screen.act("cursor.down");
    screen.act("cursor.down");
    let text = screen.text(200, 50);
    assert_eq!(
        text.matches("not permitted: namespaces, nodes, pods, horizontalpodautoscalers").count(),
        1,
        "{text}"
    );
    assert!(!text.contains("forbidden"), "{text}");
    assert!(text.contains("its workloads are well"), "{text}");
    assert!(text.contains("cpu not permitted") && text.contains("autoscalers not permitted"), "{text}");
    for claim in ["0 of 0", "0 restarts", "no autoscalers", "all well", "wants attention"] {
        assert!(!text.contains(claim), "{claim}\n{text}");
    }
}

#[test]
fn an_empty_zone_is_neither_well_nor_ill() {
    let mut screen = Screen::of(PaneId::Zones);
    let gone = screen.picture.pods().iter().filter(|pod| &*pod.namespace == "security");
    let pods: Vec<_> = gone.map(|pod| RowChange::Remove(pod.uid)).collect();
    let gone = screen.picture.workloads().find("security", "infisical").unwrap().uid;
    let workloads = vec![RowChange::Remove(gone)];
    for (kind, batch) in [(Kind::Pod, Batch::Pods(pods)), (Kind::Deployment, Batch::Workloads(workloads))] {
        screen.picture.apply(Delta::Source(source(kind), Change::Rows(batch)));
    }
    for _ in 0..5 {
        screen.act("cursor.down");
    }
    let text = screen.text(120, 44);
    assert!(text.contains("○  security") && text.contains("○ nothing runs in it"), "{text}");
}

#[test]
fn the_summary_names_the_worst_zone_and_keeps_the_pods() {
    let mut screen = Screen::of(PaneId::Zones);
    let line = screen.text(80, 20).lines().nth(1).unwrap().to_owned();
    assert_eq!(line, "   ✖ 2 need attention: data   workloads ✖1 ▲1 ●15   pods ✖3 ▲1 ◐2 ●33 ○1");
    assert!(screen.text(200, 20).contains("2 zones need attention, the worst: data   workloads ✖ 1 down"));
}

#[test]
fn values_are_typed() {
    let screen = Screen::of(PaneId::Zones);
    let rows = screen.rows();
    insta::assert_snapshot!(serde_json::to_string_pretty(&rows[1]).unwrap());
}
