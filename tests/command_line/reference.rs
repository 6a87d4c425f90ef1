//! The commands that need no cluster.

use crate::support::home::{Home, PROGRAM};

#[test]
fn completions_and_the_manual_come_from_the_definition() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&["completions", shell]).with_status(0).out;
        assert!(script.contains("snapshot") && script.contains("read-only"), "{shell}");
    }
    let manual = home.run(&["man"]).with_status(0).out;
    assert!(manual.contains(".TH quarterdeck 1") && manual.contains("doctor"), "{manual}");
    let version = home.run(&["--version"]).with_status(0).out;
    assert_eq!(version.trim(), concat!("quarterdeck ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn keys_and_actions_come_from_the_registry() {
    let home = Home::new();
    let actions = home.run(&["actions"]).with_status(0).out;
    for name in ["workload.scale", "workload.undo", "pane.open", "table.filter", "console.palette"] {
        assert!(actions.contains(name), "{name}");
    }
    home.configure("keymap.toml", "[keys.global]\n\"q\" = \"unbound\"\n\"Q\" = \"console.quit\"\n");
    let keys = home.run(&["keys"]).with_status(0).out;
    let quits: Vec<&str> = keys.lines().filter(|line| line.contains("console.quit")).map(str::trim).collect();
    assert!(quits.iter().any(|line| line.starts_with("Q ")), "{quits:?}");
    assert!(!quits.iter().any(|line| line.starts_with("q ")), "{quits:?}");
}

#[test]
fn the_examples_of_the_readme_are_valid() {
    let home = Home::new();
    let mut names = Vec::new();
    let readme = include_str!("../../README.md");
    for block in readme.split("```toml\n").skip(1) {
        let text = block.split("```").next().unwrap();
        let name = text.lines().next().unwrap().trim_start_matches("# ");
        home.configure(name, text);
        names.push(name);
    }
    assert_eq!(names, ["settings.toml", "keymap.toml", "themes/night.toml", "platform.toml"]);
    let keys = home.run(&["keys", "--theme", "night"]).with_status(0).out;
    assert!(keys.lines().any(|line| line.trim_start().starts_with("g r ")), "{keys}");
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let home = Home::new();
    let script = format!("{} actions | head -n 1", PROGRAM);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).env_clear().envs(home.variables());
    let output = command.output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
