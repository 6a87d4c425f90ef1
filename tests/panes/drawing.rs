//! Panes as they look, in small, middling and large windows, without colours and in ASCII.

use quarterdeck::panes::{PaneId, Place};
use quarterdeck::picture::model::{Change, Delta};
use quarterdeck::platform::detail::{ConditionDetail, ContainerDetail, Detail, EventDetail, Termination};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol};
use quarterdeck::theme::ColourDepth;

use super::fixture::{Screen, empty_picture, lines, minutes_ago, source, theme};

/// Terminals less the bars that the console draws around a pane.
const SIZES: [(u16, u16); 3] = [(80, 20), (120, 36), (200, 56)];

/// The detail of a container that crashes.
fn crashing() -> Detail {
    Detail {
        facts: vec![("QoS class".into(), "Burstable".into()), ("Node".into(), "told already".into())],
        conditions: vec![
            ConditionDetail {
                kind: "PodScheduled".into(),
                status: "True".into(),
                since: Some(minutes_ago(90)),
                ..ConditionDetail::default()
            },
            ConditionDetail {
                kind: "Ready".into(),
                status: "False".into(),
                reason: "ContainersNotReady".into(),
                message: "containers with unready status: [postgresql]".into(),
                since: Some(minutes_ago(42)),
                bad: true,
            },
        ],
        containers: vec![
            ContainerDetail {
                name: "postgresql".into(),
                image: "registry.example.net/platform/postgresql:17.4".into(),
                restarts: 17,
                state: "Waiting: CrashLoopBackOff".into(),
                message: "back-off 5m0s restarting failed container".into(),
                last: Some(Termination {
                    reason: "OOMKilled".into(),
                    exit_code: 137,
                    signal: Some(9),
                    started: Some(minutes_ago(6)),
                    finished: Some(minutes_ago(3)),
                    message: String::new(),
                }),
                resources: "cpu 250m/1  memory 512Mi/512Mi".into(),
                ..ContainerDetail::default()
            },
            ContainerDetail {
                name: "exporter".into(),
                image: "registry.example.net/platform/exporter:0.16".into(),
                ready: true,
                state: "Running".into(),
                since: Some(minutes_ago(90)),
                ..ContainerDetail::default()
            },
        ],
        events: vec![EventDetail {
            kind: "Warning".into(),
            reason: "BackOff".into(),
            message: "Back-off restarting failed container postgresql in pod postgresql-0".into(),
            count: 12,
            last: Some(minutes_ago(2)),
            source: "kubelet".into(),
        }],
        events_error: None,
        owners: vec![(Symbol::from("StatefulSet"), Symbol::from("postgresql"))],
    }
}

#[test]
fn each_pane_uses_the_room_that_it_has() {
    for pane in PaneId::ALL {
        for (width, height) in SIZES {
            let mut screen = Screen::of(pane);
            insta::assert_snapshot!(format!("{}_{width}x{height}", pane.word()), screen.text(width, height));
        }
    }
}

#[test]
fn an_object_in_full_joins_what_its_row_knows() {
    for (width, height) in [(120, 40), (200, 56)] {
        let mut screen = Screen::of(PaneId::Pods);
        screen.filter("postgresql-0").unwrap();
        let object = screen.pane.interests(&screen.picture).detail.expect("the cursor is on a pod");
        screen.picture.apply(Delta::Detail(object, Ok(Box::new(crashing()))));
        insta::assert_snapshot!(format!("pod_detail_{width}x{height}"), screen.text(width, height));
    }
}

#[test]
fn a_zone_in_trouble_tells_what_is_behind_it() {
    let mut screen = Screen::of(PaneId::Zones);
    screen.act("cursor.down");
    screen.act("cursor.down");
    insta::assert_snapshot!(screen.text(160, 40));
}

#[test]
fn nothing_is_said_by_colour_alone() {
    for pane in PaneId::ALL {
        let mut screen = Screen::of(pane);
        let coloured = lines(&screen.buffer(120, 36));
        screen.theme = theme(ColourDepth::None, false);
        let buffer = screen.buffer(120, 36);
        assert_eq!(coloured, lines(&buffer), "{}", pane.word());
        for cell in &buffer.content {
            assert_eq!(cell.fg, ratatui::style::Color::Reset);
            assert_eq!(cell.bg, ratatui::style::Color::Reset);
        }
        insta::assert_debug_snapshot!(format!("{}_no_colour", pane.word()), screen.buffer(80, 12));
    }
}

#[test]
fn ascii_is_enough_for_every_pane() {
    for pane in PaneId::ALL {
        let mut screen = Screen::of(pane);
        screen.theme = theme(ColourDepth::Ansi16, true);
        for (width, height) in SIZES {
            let text = lines(&screen.buffer(width, height)).join("\n");
            assert!(text.is_ascii(), "{} at {width}x{height}:\n{text}", pane.word());
        }
    }
}

#[test]
fn no_size_is_too_small() {
    for pane in PaneId::ALL {
        let mut screen = Screen::of(pane);
        for width in [0, 1, 2, 5, 9, 20, 33, 71, 101] {
            for height in [0, 1, 2, 3, 5, 7, 11] {
                screen.buffer(width, height);
                screen.act("cursor.down");
                screen.act("detail.toggle");
            }
        }
    }
}

#[test]
fn a_source_that_is_silent_is_dated_and_its_rows_stay_dimmed() {
    let mut screen = Screen::of(PaneId::Pods);
    let down = Freshness::Down(minutes_ago(2), "connection refused".to_owned());
    screen.picture.apply(Delta::Source(source(Kind::Pod), Change::Freshness(down)));
    let buffer = screen.buffer(120, 20);
    let text = lines(&buffer).join("\n");
    assert!(text.contains("pods stale for 2m: connection refused; trying again"), "{text}");
    assert!(text.contains("CrashLoopBackOff"), "{text}");
    let row = lines(&buffer).iter().position(|line| line.contains("CrashLoopBackOff")).unwrap();
    let stale = screen.theme.style(quarterdeck::theme::Slot::Stale);
    let cell = &buffer[(20, u16::try_from(row).unwrap())];
    assert_eq!(Some(cell.fg), stale.fg, "the whole row is dimmed");
    assert_eq!(screen.pane.next_change(&screen.picture, screen.now), Some(screen.now.plus_millis(1000)));
}

#[test]
fn of_a_pod_that_has_ended_nothing_is_bad_and_a_template_is_neither() {
    let mut screen = Screen::of(PaneId::Pods);
    screen.filter("velero").unwrap();
    let object = screen.pane.interests(&screen.picture).detail.expect("the cursor is on a pod");
    let condition = |kind: &str, reason: &str| ConditionDetail {
        kind: kind.into(),
        status: "False".into(),
        reason: reason.into(),
        bad: true,
        ..ConditionDetail::default()
    };
    let detail = Detail {
        conditions: vec![condition("Ready", "PodCompleted"), condition("PodReadyToStartContainers", "")],
        containers: vec![ContainerDetail { name: "hook".into(), ..ContainerDetail::default() }],
        ..Detail::default()
    };
    screen.picture.apply(Delta::Detail(object, Ok(Box::new(detail))));
    let text = screen.text(200, 40);
    assert!(text.contains("○ Ready False, PodReadyToStartContainers"), "{text}");
    assert!(text.contains("○ hook"), "{text}");
    assert!(!text.contains('✖') && !text.contains('◐'), "{text}");
}

#[test]
fn an_empty_pane_says_why() {
    let mut screen = Screen::new(empty_picture(), &Place::whole(PaneId::Pods));
    assert!(screen.text(80, 20).contains("waiting for https://demo.example.net:6443"));
    assert!(screen.text(80, 20).starts_with("Pods · 0…\n"));

    let off = Freshness::Off("this user may not list pods".to_owned());
    screen.picture.apply(Delta::Source(source(Kind::Pod), Change::Freshness(off)));
    let text = screen.text(80, 20);
    assert!(text.starts_with("Pods · not permitted\n"), "{text}");
    assert!(
        text.contains("you may not list pods; ask for `list` and `watch` on them, or name the"),
        "{text}"
    );
    assert_eq!(text.matches("this user may not list pods").count(), 1, "said once\n{text}");
    let text = screen.text(200, 20);
    assert!(!text.contains("under the cursor") && !text.contains('│'), "no empty detail\n{text}");

    let reason = "https://demo.example.net:6443 is not reachable: connection refused".to_owned();
    let down = Freshness::Down(minutes_ago(2), reason);
    screen.picture.apply(Delta::Source(source(Kind::Pod), Change::Freshness(down)));
    let text = screen.text(120, 20);
    assert!(text.starts_with("Pods · ?\n"), "{text}");
    let once = "https://demo.example.net:6443 not reachable for 2m: connection refused; trying again";
    assert!(text.contains(once) && text.matches("refused").count() == 1, "{text}");
    assert!(!text.contains("stale"), "what was never there can't be stale\n{text}");

    let mut screen = Screen::of(PaneId::Pods);
    screen.filter("zzzz").unwrap();
    let text = screen.text(80, 20);
    assert!(text.contains("no pods match `zzzz`; F clears the filter"), "{text}");
    screen.filter("").unwrap();
    screen.pane.set_namespaces(&[Symbol::from("nowhere")]);
    screen.settle();
    let text = screen.text(80, 20);
    assert!(text.contains("no pods in nowhere"), "{text}");
}
