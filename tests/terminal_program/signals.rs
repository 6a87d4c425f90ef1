//! Signals and panics: the terminal is given back, whatever happens.

use std::panic::resume_unwind;

use quarterdeck::terminal::{Output, TerminalSession};

use super::program::Program;
use crate::support::home::{Home, signal};

const SIZE: (u16, u16) = (120, 40);

/// Makes this test binary play the program that panics.
const PANICKING: &str = "terminal_program::signals::panics_while_it_holds_the_terminal";

#[test]
fn sigterm_ends_it_in_order() {
    let home = Home::new();
    let mut program = Program::demo(&home, SIZE);
    program.shows("application");
    signal(program.process(), "TERM");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn sighup_ends_it_in_order() {
    let home = Home::new();
    let mut program = Program::demo(&home, SIZE);
    program.shows("application");
    signal(program.process(), "HUP");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn sigint_from_outside_is_not_taken_for_a_key() {
    let home = Home::new();
    let mut program = Program::demo(&home, SIZE);
    program.shows("application");
    signal(program.process(), "INT");
    program.press("3");
    program.shows("postgresql-0").press("q");
    assert_eq!(program.ends().exit_code(), 0);
}

#[test]
fn a_session_that_is_lost_takes_the_console_with_it() {
    let home = Home::new();
    // The shell leads the session, as it does over SSH; with it the terminal goes.
    let mut program = Program::shell(&home, SIZE, "\"$QUARTERDECK\" --demo; echo never");
    program.shows("application");
    signal(program.process(), "KILL");
    // The end comes when the console has let go of the terminal.
    program.ends();
    assert!(!program.screen().contents().contains("never"));
    assert_eq!(std::fs::read_dir(home.path().join("state/quarterdeck")).map_or(0, demo_folders), 0);
}

/// The folders of embedded platforms that nobody has cleared away.
fn demo_folders(entries: std::fs::ReadDir) -> usize {
    entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("demo-")).count()
}

/// A shell that says what became of the console, and brings it back when a line is typed.
const JOB_CONTROL: &str = "set -m; \"$QUARTERDECK\" --demo; echo \"stopped with $?\"; read line; fg; echo \"ended with $?\"; read line";

#[test]
fn the_suspend_key_gives_the_terminal_back_until_the_shell_continues_it() {
    let home = Home::new();
    let mut program = Program::shell(&home, SIZE, JOB_CONTROL);
    program.shows("application").press("\x1a");
    comes_back(&mut program);
}

#[test]
fn sigtstp_gives_the_terminal_back_and_sigcont_paints_it_in_full() {
    let home = Home::new();
    let mut program = Program::shell(&home, SIZE, JOB_CONTROL);
    program.shows("application");
    let console = program.foreground();
    assert_ne!(console, program.process());
    signal(console, "TSTP");
    comes_back(&mut program);
}

fn comes_back(program: &mut Program) {
    program.shows("stopped with");
    assert!(!program.screen().alternate_screen(), "{}", program.screen().contents());
    assert!(!program.screen().hide_cursor() && !program.screen().bracketed_paste());
    program.press("\r");
    program.until("the console", |screen| screen.alternate_screen() && screen.hide_cursor());
    for words in ["1 Zones", "public", "application", "unzoned", "filter"] {
        program.shows(words);
    }
    program.press("q");
    program.shows("ended with 0");
    program.press("\r");
    assert_eq!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
}

#[test]
fn nobody_is_suspended_whom_nobody_could_bring_back() {
    let home = Home::new();
    let mut program = Program::demo(&home, SIZE);
    program.shows("application").press("\x1a");
    program.shows("no shell above").press("q");
    assert_eq!(program.ends().exit_code(), 0);
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_reported() {
    let home = Home::new();
    let tests = std::env::current_exe().unwrap();
    let arguments = ["--exact", PANICKING, "--ignored", "--nocapture", "--test-threads=1"];
    let mut program = Program::run(&home, SIZE, tests.to_str().unwrap(), &arguments);
    assert_ne!(program.ends().exit_code(), 0);
    program.gave_the_terminal_back();
    let contents = program.screen().contents();
    assert!(contents.contains("a pane could not be drawn"), "{contents}");
    assert!(!contents.contains("half a frame"), "{contents}");
}

#[test]
#[ignore = "it panics: another test runs it in a pseudo-terminal"]
fn panics_while_it_holds_the_terminal() {
    let session = TerminalSession::enter(Output::stdout()).unwrap();
    session.install_panic_hook();
    print!("half a frame");
    let drawn = std::panic::catch_unwind(|| panic!("a pane could not be drawn"));
    // Whoever catches it does not lose the terminal either.
    assert!(!session.is_held());
    resume_unwind(drawn.unwrap_err());
}
