//! What the environment tells about the terminal.

use quarterdeck::terminal::{Capabilities, Colours, Multiplexer};

fn detect(environment: &[(&str, &str)]) -> Capabilities {
    Capabilities::detect(|name| {
        environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn colours_follow_the_environment() {
    for (environment, colours) in [
        (&[][..], Colours::None),
        (&[("TERM", "dumb")], Colours::None),
        (&[("TERM", "vt220")], Colours::None),
        (&[("TERM", "linux"), ("COLORTERM", "truecolor")], Colours::Ansi16),
        (&[("TERM", "xterm")], Colours::Ansi16),
        (&[("TERM", "xterm-256color")], Colours::Ansi256),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Colours::TrueColour),
        (&[("TERM", "xterm-kitty")], Colours::TrueColour),
        (&[("TERM", "tmux-256color"), ("TMUX", "/tmp/x"), ("COLORTERM", "24bit")], Colours::TrueColour),
        (&[("TERM", "screen-256color"), ("STY", "1.pts"), ("COLORTERM", "truecolor")], Colours::Ansi256),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")], Colours::None),
        (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Colours::Ansi256),
    ] {
        assert_eq!(detect(environment).colours, colours, "{environment:?}");
    }
}

#[test]
fn unicode_follows_the_first_locale_variable_that_is_set() {
    for (environment, unicode) in [
        (&[("TERM", "xterm")][..], false),
        (&[("TERM", "xterm"), ("LANG", "en_GB.UTF-8")], true),
        (&[("TERM", "xterm"), ("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], false),
        (&[("TERM", "xterm"), ("LC_CTYPE", "C.utf8"), ("LANG", "C"), ("LC_ALL", "")], true),
        (&[("TERM", "linux"), ("LANG", "en_GB.UTF-8")], false),
    ] {
        assert_eq!(detect(environment).unicode, unicode, "{environment:?}");
    }
}

#[test]
fn multiplexers_are_told_apart() {
    let tmux = detect(&[("TERM", "screen-256color"), ("TMUX", "/tmp/tmux-0/default,1,0")]);
    assert_eq!(tmux.multiplexer, Some(Multiplexer::Tmux));
    assert!(tmux.background_erase && tmux.synchronized_output);
    let screen = detect(&[("TERM", "screen")]);
    assert_eq!(screen.multiplexer, Some(Multiplexer::Screen));
    assert!(!screen.background_erase);
    assert_eq!(detect(&[("TERM", "xterm")]).multiplexer, None);
}

#[test]
fn plain_terminals_get_no_brackets() {
    for term in ["linux", "dumb", "vt100", ""] {
        assert!(!detect(&[("TERM", term)]).synchronized_output, "{term}");
    }
    assert!(detect(&[("TERM", "xterm-256color")]).synchronized_output);
}
