//! Tabs, places, filter, palette, help, choosers, and how it ends.

use super::stage::{Setup, Stage, play};
use quarterdeck::console::{Exit, HostEvent};
use quarterdeck::panes::PaneId;

fn in_workloads(test: impl AsyncFnOnce(&mut Stage)) {
    play(Setup::default(), async |stage| {
        stage.fill().await;
        test(stage).await;
    });
}

#[test]
fn the_first_frame_comes_before_any_server_has_answered() {
    play(Setup::default(), async |stage| {
        stage.assert_shows("demo");
        stage.assert_shows("Workloads");
        stage.assert_shows("loading");
        assert_eq!(stage.frames(), 1);
    });
}

#[test]
fn rows_are_shown_with_the_state_of_their_sources() {
    in_workloads(async |stage| {
        stage.assert_shows("backend-rust");
        stage.assert_shows("● live");
        stage.assert_shows("12:00 UTC");
        stage.assert_shows("PROD ");
        stage.assert_shows("DEMO");
    });
}

#[test]
fn numbers_open_the_tabs_and_each_keeps_its_filter() {
    in_workloads(async |stage| {
        stage.press("/staging<enter>").await;
        stage.assert_lacks("frontend-web");
        stage.press("3").await;
        stage.assert_shows("backend-rust-0");
        stage.press("2").await;
        stage.assert_lacks("frontend-web");
        stage.assert_shows("/ staging");
        stage.press("1").await;
        stage.assert_shows("application");
    });
}

#[test]
fn a_workload_opens_into_its_pods_and_back_and_forward_lead_through_them() {
    in_workloads(async |stage| {
        stage.press("<enter>").await;
        stage.assert_shows("backend-rust-2");
        stage.assert_shows("Workloads ›");
        stage.press("<esc>").await;
        stage.assert_shows("frontend-web");
        stage.press("<alt-right>").await;
        stage.assert_shows("backend-rust-2");
        stage.press("<esc><esc>").await;
        stage.assert_shows("there is no place before this one");
        assert!(stage.is_running());
    });
}

#[test]
fn the_filter_narrows_while_it_is_typed_and_escape_puts_the_former_back() {
    in_workloads(async |stage| {
        stage.press("/front").await;
        stage.assert_shows("frontend-web");
        stage.assert_lacks("staging ");
        stage.press("<esc>").await;
        stage.assert_shows("staging");
        stage.press("/front<enter>").await;
        stage.assert_shows("/ front");
        stage.press("F").await;
        stage.assert_lacks("/ front");
        stage.assert_shows("staging");
    });
}

#[test]
fn a_filter_that_means_nothing_is_explained_and_nothing_of_it_is_lost() {
    in_workloads(async |stage| {
        stage.press("//(").await;
        stage.assert_shows("✖");
        stage.assert_shows("backend-rust");
        stage.press("<enter>").await;
        stage.assert_shows("/(");
        stage.press("<esc>").await;
        stage.assert_lacks("✖");
    });
}

#[test]
fn a_key_that_is_bound_to_nothing_says_so_in_passing() {
    in_workloads(async |stage| {
        stage.press("Q").await;
        stage.assert_shows("Q does nothing here; ? shows what does");
        stage.press("j").await;
        stage.assert_lacks("does nothing here");
    });
}

#[test]
fn a_begun_sequence_shows_how_it_goes_on() {
    in_workloads(async |stage| {
        stage.press("g").await;
        stage.assert_shows("Move the cursor to the first row");
        stage.press("<esc>").await;
        stage.assert_lacks("Move the cursor to the first row");
        stage.press("gx").await;
        stage.assert_shows("g x does nothing here");
    });
}

#[test]
fn help_is_made_of_the_keymap_and_the_registry() {
    in_workloads(async |stage| {
        stage.press("?").await;
        stage.assert_shows("Keys in Workloads");
        stage.assert_shows("q, ctrl-c");
        stage.press("q").await;
        stage.assert_lacks("Keys in Workloads");
        assert!(stage.is_running());
    });
}

#[test]
fn the_palette_finds_places_and_actions() {
    in_workloads(async |stage| {
        stage.press(":pane pods<enter>").await;
        stage.assert_shows("backend-rust-0");
        stage.press("<ctrl-p>namespace staging<enter>").await;
        stage.assert_lacks("backend-rust-0");
        stage.press("2").await;
        stage.assert_lacks("frontend-web");
        stage.press(":console.quit<enter>").await;
        assert_eq!(stage.exit().await, Exit::Quit);
    });
}

#[test]
fn the_palette_asks_for_what_an_action_needs() {
    in_workloads(async |stage| {
        stage.press(":table.sort<enter>").await;
        stage.assert_shows("the column's name");
        stage.press("x<enter>").await;
        stage.assert_shows("it is one of");
        stage.press("<backspace>name<enter>").await;
        stage.assert_lacks("the column's name");
    });
}

#[test]
fn several_namespaces_can_be_chosen() {
    in_workloads(async |stage| {
        stage.press("n").await;
        stage.assert_shows("all namespaces");
        stage.press("stag<enter>").await;
        stage.assert_lacks("frontend-web");
        stage.press("nprod <enter>").await;
        stage.assert_shows("production staging");
        stage.assert_shows("frontend-web");
    });
}

#[test]
fn another_context_ends_the_loop_with_its_name() {
    in_workloads(async |stage| {
        stage.press("celse<enter>").await;
        assert_eq!(stage.exit().await, Exit::SwitchContext("elsewhere".to_owned()));
    });
}

#[test]
fn names_are_copied_and_the_console_can_be_suspended() {
    in_workloads(async |stage| {
        stage.press("y").await;
        assert_eq!(*stage.copied.borrow(), ["backend-rust"]);
        stage.assert_shows("copied backend-rust");
        stage.press("<ctrl-z>").await;
        assert_eq!(stage.suspended.get(), 1);
        stage.assert_shows("frontend-web");
        stage.send(HostEvent::Resume);
        stage.idle().await;
        stage.assert_shows("frontend-web");
    });
}

#[test]
fn refresh_asks_the_feeds_and_keeps_what_is_shown() {
    in_workloads(async |stage| {
        stage.press("<ctrl-r>").await;
        assert_eq!(*stage.refresh.borrow(), 1);
        stage.assert_shows("frontend-web");
    });
}

#[test]
fn it_ends_by_key_by_signal_and_when_the_terminal_goes() {
    in_workloads(async |stage| {
        stage.press("q").await;
        assert_eq!(stage.exit().await, Exit::Quit);
    });
    for (event, exit) in [(HostEvent::Terminate, Exit::Terminated), (HostEvent::Hangup, Exit::Hangup)] {
        in_workloads(async |stage| {
            stage.send(event);
            assert_eq!(stage.exit().await, exit);
        });
    }
}

#[test]
fn a_tiny_window_shows_the_pane_and_every_size_is_survived() {
    for pane in PaneId::ALL {
        play(Setup { size: (20, 5), start: pane, ..Setup::default() }, async |stage| {
            stage.fill().await;
            stage.press("/a<enter>?<esc>:x<esc>n<esc>g<esc>").await;
            for (width, height) in [(1, 1), (20, 5), (29, 7), (30, 7), (80, 24), (200, 60), (7, 40), (120, 3)]
            {
                stage.resize(width, height).await;
                stage.press("?").await;
                stage.press("<esc>:").await;
                stage.press("<esc>").await;
            }
            assert!(stage.is_running());
        });
    }
}
