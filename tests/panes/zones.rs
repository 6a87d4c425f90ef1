//! The zones pane.

use quarterdeck::panes::{Effect, PaneId, Place, Scope};
use quarterdeck::platform::zone::ZoneId;

use super::fixture::Screen;

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
fn values_are_typed() {
    let screen = Screen::of(PaneId::Zones);
    let rows = screen.rows();
    insta::assert_snapshot!(serde_json::to_string_pretty(&rows[1]).unwrap());
}
