//! When frames are drawn, and what is asked of the feeds.

use super::stage::{Setup, churn, cluster, deck, play, still};
use quarterdeck::panes::PaneId;
use quarterdeck::platform::time::Clock;

#[test]
fn data_alone_draws_at_most_ten_frames_a_second() {
    play(Setup { start: PaneId::Pods, ..Setup::default() }, async |stage| {
        stage.fill().await;
        let before = stage.frames();
        for round in 0..200 {
            stage.feed(churn(round % 3, u32::try_from(round).expect("a few")));
            stage.pass(5).await;
        }
        let drawn = stage.frames() - before;
        assert!((8..=11).contains(&drawn), "{drawn} frames in a second");
    });
}

#[test]
fn the_first_rows_and_every_key_are_drawn_at_once() {
    play(Setup { start: PaneId::Pods, ..Setup::default() }, async |stage| {
        stage.fill().await;
        stage.assert_shows("backend-rust-0");
        for _ in 0..20 {
            let before = stage.frames();
            stage.press("j").await;
            assert_eq!(stage.frames(), before + 1);
        }
    });
}

#[test]
fn nothing_is_drawn_while_nothing_changes() {
    play(Setup::default(), async |stage| {
        stage.fill().await;
        stage.pass(200).await;
        let before = stage.frames();
        // The rows are two hours old: their ages change by the minute, as does the clock.
        stage.pass(59_000).await;
        assert_eq!(stage.frames(), before);
        stage.pass(1_500).await;
        stage.assert_shows("12:01 UTC");
        assert_eq!(stage.frames(), before + 1);
    });
}

#[test]
fn the_detail_is_wanted_once_the_cursor_has_rested() {
    play(Setup { start: PaneId::Pods, ..Setup::default() }, async |stage| {
        stage.fill().await;
        stage.pass(200).await;
        let first = stage.wanted.borrow().clone().expect("the object under the cursor");
        stage.press("j").await;
        stage.pass(100).await;
        assert_eq!(stage.wanted.borrow().as_ref(), Some(&first));
        stage.press("j").await;
        stage.pass(100).await;
        assert_eq!(stage.wanted.borrow().as_ref(), Some(&first));
        stage.pass(100).await;
        let last = stage.wanted.borrow().clone().expect("the object under the cursor");
        assert_ne!(first.name, last.name);
    });
}

#[test]
fn a_frame_can_be_drawn_without_a_terminal() {
    let (mut deck, _wanted, _refresh) = deck(Setup::default(), &Clock::manual(super::stage::NOON));
    for delta in cluster() {
        deck.apply(delta);
    }
    assert!(!deck.work(&mut || true));
    let frame = still(&mut deck, 80, 24);
    assert!(frame.contains("frontend-web"), "{frame}");
    assert!(frame.contains("PROD "), "{frame}");
}
