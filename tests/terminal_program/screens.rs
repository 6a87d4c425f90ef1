//! What the console shows: the first frame, panes, filters, sizes, servers that are not there.

use std::net::TcpListener;

use super::program::Program;
use crate::support::home::Home;
use crate::support::kubeconfig;

const WIDE: (u16, u16) = (160, 45);

#[test]
fn the_first_frame_comes_and_the_zones_fill_in() {
    let home = Home::new();
    let mut program = Program::demo(&home, WIDE);
    program.until("the alternate screen", |screen| screen.alternate_screen() && screen.hide_cursor());
    for words in ["1 Zones", "2 Workloads", "3 Pods", "DEMO", "public", "application", "unzoned"] {
        program.shows(words);
    }
    program.press("q");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn panes_are_reached_by_number_and_narrowed_by_typing() {
    let home = Home::new();
    let mut program = Program::demo(&home, WIDE);
    program.shows("application").press("3");
    program.shows("NAMESPACE").shows("postgresql-0").shows("Running").press("/");
    program.press("postgresql status=Running");
    program.shows("postgresql status=Running").until("the other pods to go", |screen| {
        let contents = screen.contents();
        contents.contains("postgresql-1") && !contents.contains("redis-")
    });
    // The filter stays in sight after it was typed.
    program.press("\r");
    program.shows("/ postgresql status=Running").press("F");
    program.shows("redis-0").press("2");
    program.shows("deploy").shows("sts").press("q");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn a_pane_named_on_the_command_line_is_opened_first() {
    let home = Home::new();
    let mut program = Program::start(&home, WIDE, &["pods", "--demo", "-n", "data"]);
    program.shows("redis-0").until("nothing of other namespaces", |screen| {
        !screen.contents().contains("kube-system") && screen.contents().contains("postgresql-0")
    });
    program.press("q");
    assert_eq!(program.ends().exit_code(), 0);
}

#[test]
fn a_window_of_twenty_by_five_works() {
    let home = Home::new();
    let mut program = Program::demo(&home, (20, 5));
    program.until("a zone", |screen| screen.contents().contains("publ")).press("3");
    program.until("a pod", |screen| screen.contents().contains("cert")).press("/");
    program.press("redis");
    program.shows("redis").press("\r");
    program.until("the pods of the filter", |screen| screen.contents().contains("data")).press("q");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn a_resize_in_the_middle_draws_the_new_window_full() {
    let home = Home::new();
    let mut program = Program::demo(&home, WIDE);
    program.shows("unzoned").press("3");
    program.shows("postgresql-0");
    for size in [(80, 24), (20, 5), (200, 60), (1, 1), (120, 40)] {
        program.resize(size);
        if size == (1, 1) {
            continue;
        }
        program.until("a frame of the new size", |screen| {
            let rows: Vec<String> = screen.rows(0, size.0).collect();
            let used = rows.iter().map(|row| row.chars().count()).max().unwrap_or(0);
            let hints = rows.last().is_some_and(|row| row.contains("filter")) || size.1 < 7;
            // The bar reaches to the edge, but for a blank.
            used + 2 >= usize::from(size.0) && hints
        });
    }
    program.press("q");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn a_server_that_refuses_is_shown_as_down_and_ends_nothing() {
    let home = Home::new();
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let cluster = format!("server: \"http://127.0.0.1:{port}\"");
    let path = kubeconfig::named(home.path(), "refusing", "far-away", &cluster, "");
    let path = path.to_str().unwrap();
    let mut program = Program::start(&home, WIDE, &["pods", "--kubeconfig", path]);
    program.shows("far-away").shows("down").shows("refused").press("1");
    program.shows("Zones").shows("down").press("q");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}
