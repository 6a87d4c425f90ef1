//! What is wrong before the console opens is said on a terminal that was never taken.

use super::program::Program;
use crate::support::home::Home;
use crate::support::kubeconfig;

const SIZE: (u16, u16) = (120, 30);

/// Runs the console to an end with status 2, and gives what stands on the screen, with its line breaks taken out.
fn refused(home: &Home, arguments: &[&str]) -> String {
    let mut program = Program::start(home, SIZE, arguments);
    assert_eq!(program.ends().exit_code(), 2, "{}", program.screen().contents());
    program.gave_the_terminal_back();
    program.screen().contents().lines().map(str::trim_start).collect()
}

/// Checks that each of these stands on it.
#[track_caller]
fn tells(screen: &str, words: &[&str]) {
    for word in words {
        assert!(screen.contains(word), "`{word}` is not told: {screen}");
    }
}

#[test]
fn no_kubeconfig_is_told_with_what_to_do() {
    let home = Home::new();
    let screen = refused(&home, &[]);
    tells(&screen, &["there is no kubeconfig", ".kube/config", "--kubeconfig", "--demo needs none"]);
}

#[test]
fn an_unknown_context_is_told_with_the_nearest() {
    let home = Home::new();
    let path = kubeconfig::named(home.path(), "one", "eu-west", "server: \"http://127.0.0.1:1\"", "");
    let screen = refused(&home, &["--kubeconfig", path.to_str().unwrap(), "--context", "eu-wset"]);
    tells(&screen, &["there is no context `eu-wset`", "did you mean `eu-west`?", "--context"]);
}

#[test]
fn an_unknown_pane_is_told_with_the_nearest() {
    let home = Home::new();
    let screen = refused(&home, &["pdos", "--demo"]);
    tells(&screen, &["there is no pane or command `pdos`", "did you mean `pods`?"]);
}

#[test]
fn a_wrong_key_is_told_with_its_place() {
    let home = Home::new();
    home.configure("keymap.toml", "[keys.table]\n\"hyper-x\" = \"table.open\"\n");
    tells(&refused(&home, &["--demo"]), &["keymap.toml:2:1", "hyper-x"]);
}

#[test]
fn a_wrong_action_is_told_with_its_place_and_the_nearest() {
    let home = Home::new();
    home.configure("keymap.toml", "[keys.table]\n\"x\" = \"table.opne\"\n");
    tells(&refused(&home, &["--demo"]), &["keymap.toml:2:7", "`table.opne`", "did you mean `table.open`?"]);
}

#[test]
fn a_wrong_slot_is_told_with_its_place_and_the_nearest() {
    let home = Home::new();
    home.configure(
        "themes/mine.toml",
        "name = \"mine\"\nkind = \"dark\"\n[styles]\n  \"state.bda\" = \"red\"\n",
    );
    home.configure("settings.toml", "theme = \"mine\"\n");
    let screen = refused(&home, &["--demo"]);
    tells(&screen, &["mine.toml:4:3", "`state.bda`", "did you mean `state.bad`?"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let home = Home::new();
    home.configure("keymap.toml", "[keys.globe]\n\"x\" = \"console.quit\"\n");
    home.configure("platform.toml", "name = \"mine\"\n[[zone]]\nname = \"a\"\nexposure = \"pubic\"\n");
    let screen = refused(&home, &["--demo"]);
    tells(&screen, &["keymap.toml:1:", "globe", "platform.toml:4:", "did you mean `public`?"]);
}
