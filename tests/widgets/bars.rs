//! Bars, tabs, hints, breadcrumbs and notes.

use quarterdeck::theme::Slot;
use quarterdeck::widgets::bar::{self, Segment};
use quarterdeck::widgets::hints::{self, Hint};
use quarterdeck::widgets::notes::{self, Gravity, Note};
use quarterdeck::widgets::tabs::{self, Tab};
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::support::{colourful, picture, plain, row, screen};

fn segments() -> (Vec<Segment>, Vec<Segment>) {
    let left = vec![
        Segment::new("quarterdeck", Slot::Title).priority(50),
        Segment::badge("prod-eu", Slot::Production).priority(250),
        Segment::new("all namespaces", Slot::Muted),
    ];
    let right = vec![
        Segment::badge("READ-ONLY", Slot::ReadOnly),
        Segment::new("21:04 UTC  23:04 CEST", Slot::Muted).priority(60),
    ];
    (left, right)
}

#[test]
fn bar_drops_the_least_important_first() {
    let (left, right) = segments();
    let at = |width| {
        let mut buffer = screen(width, 1);
        let area = buffer.area;
        bar::draw(&left, &right, area, &mut buffer, &plain());
        row(&buffer, 0)
    };
    assert_eq!(at(80), " quarterdeck   prod-eu   all namespaces       READ-ONLY   21:04 UTC  23:04 CEST");
    assert!(!at(64).contains("quarterdeck") && at(64).contains("UTC"), "{}", at(64));
    assert!(at(40).contains("prod-eu") && at(40).contains("READ-ONLY"), "{}", at(40));
    assert_eq!(at(10).trim(), "prod-eu");
}

#[test]
fn tabs_shrink_to_their_keys() {
    let tab = |key: &str, title: &str, badge: Option<&str>| Tab {
        key: key.into(),
        title: title.into(),
        badge: badge.map(|text| (text.to_owned(), Slot::Bad)),
    };
    let strip = [tab("1", "Zones", None), tab("2", "Workloads", Some("3")), tab("3", "Pods", None)];
    let at = |width| {
        let mut buffer = screen(width, 1);
        let area = buffer.area;
        tabs::draw(&strip, 1, area, &mut buffer, &plain(), Style::default());
        row(&buffer, 0)
    };
    assert_eq!(at(40), " 1 Zones  2 Workloads 3  3 Pods");
    assert_eq!(at(24), " 1  2 Workloads 3  3");
}

#[test]
fn hints_keep_their_order_and_drop_by_priority() {
    let strip = [
        Hint::new("?", "help").priority(10),
        Hint::new("s", "scale").priority(200),
        Hint::new("/", "filter"),
    ];
    let at = |width| {
        let mut buffer = screen(width, 1);
        let area = buffer.area;
        hints::draw(&strip, area, &mut buffer, &plain(), Style::default());
        row(&buffer, 0)
    };
    assert_eq!(at(40), "? help  s scale  / filter");
    assert_eq!(at(20), "s scale  / filter");
    assert_eq!(at(8), "s scale");
    assert_eq!(at(3), "");
}

#[test]
fn breadcrumb_forgets_the_oldest_places() {
    let places = ["Zones", "application", "backend-rust", "backend-rust-5f7c"];
    let at = |width| {
        let mut buffer = screen(width, 1);
        let area = buffer.area;
        bar::draw_breadcrumb(&places, area, &mut buffer, &colourful());
        row(&buffer, 0)
    };
    assert_eq!(at(80), "Zones › application › backend-rust › backend-rust-5f7c");
    assert_eq!(at(40), "… › backend-rust › backend-rust-5f7c");
    assert_eq!(at(10), "…rust-5f7c");
}

#[test]
fn the_newest_notes_are_shown_with_their_gravity() {
    let note = |gravity, text: &str| Note { gravity, text: text.into(), when: "12s".into() };
    let all = [
        note(Gravity::Info, "scaled backend-rust to 5"),
        note(Gravity::Warning, "prometheus answers slowly"),
        note(Gravity::Error, "restart refused: forbidden"),
    ];
    let mut buffer = screen(50, 2);
    let area = Rect { height: 2, ..buffer.area };
    assert_eq!(notes::draw(&all, area, &mut buffer, &plain(), Style::default()), 2);
    insta::assert_snapshot!(picture(&buffer));
}
