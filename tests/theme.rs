//! Themes: what is legible on which terminal.

use quarterdeck::config::{Contrast, Source, ThemeFile, shipped};
use quarterdeck::theme::{ColourDepth, Slot, Symbols, Target, Theme, compile, contrast_ratio};
use ratatui::style::{Color, Modifier, Style};

const DEPTHS: [ColourDepth; 4] =
    [ColourDepth::None, ColourDepth::Ansi16, ColourDepth::Ansi256, ColourDepth::TrueColour];

fn at(depth: ColourDepth) -> Target {
    Target { depth, ascii: false, contrast: Contrast::Normal }
}

fn shipped_theme(name: &str, target: Target) -> Theme {
    compile(&shipped::theme(name).expect("it parses"), target).expect("it compiles")
}

fn compiled(text: &str, depth: ColourDepth) -> Theme {
    let file = ThemeFile::parse(&Source::new("theme.toml", text)).expect("it parses");
    compile(&file, at(depth)).expect("it compiles")
}

/// Slots that draw lines and bars rather than text.
fn is_text(slot: Slot) -> bool {
    !matches!(slot, Slot::Border | Slot::GaugeEmpty | Slot::Cursor)
}

/// The least contrast of any text of a theme, on its own ground and, where it has none, on each ground
/// that it can be drawn upon.
fn least_contrast(theme: &Theme) -> (f64, Slot) {
    let grounds: Vec<Color> = [Slot::Background, Slot::Cursor, Slot::Dialog, Slot::Bar]
        .iter()
        .filter_map(|slot| theme.style(*slot).bg)
        .collect();
    assert_eq!(grounds.len(), 4);
    let mut least = (f64::INFINITY, Slot::Text);
    for slot in Slot::ALL.iter().copied().filter(|slot| is_text(*slot)) {
        let style = theme.style(slot);
        let text = style.fg.expect("every text has a colour");
        let own = style.bg.map(|ground| vec![ground]);
        for ground in own.as_ref().unwrap_or(&grounds) {
            let ratio = contrast_ratio(text, *ground).expect("true colours");
            if ratio < least.0 {
                least = (ratio, slot);
            }
        }
    }
    least
}

#[test]
fn the_shipped_themes_say_something_of_every_slot() {
    for name in shipped::theme_names() {
        let file = shipped::theme(name).expect("it parses");
        assert_eq!(file.name.get_ref(), name);
        let named: Vec<&str> = file.styles.iter().map(|style| style.slot.get_ref().as_str()).collect();
        for slot in Slot::ALL {
            assert!(named.contains(&slot.name()), "{name} leaves {} out", slot.name());
        }
        for depth in DEPTHS {
            shipped_theme(name, at(depth));
        }
    }
}

#[test]
fn text_can_be_read_on_its_ground() {
    for name in shipped::theme_names() {
        let (ratio, slot) = least_contrast(&shipped_theme(name, at(ColourDepth::TrueColour)));
        assert!(ratio >= 4.5, "{name}: {} has {ratio:.2}", slot.name());
    }
}

#[test]
fn high_contrast_lifts_every_text_from_its_ground() {
    for name in shipped::theme_names() {
        let target = Target { contrast: Contrast::High, ..at(ColourDepth::TrueColour) };
        let theme = shipped_theme(name, target);
        let screen = theme.style(Slot::Background).bg.expect("a ground");
        for slot in Slot::ALL.iter().copied() {
            let style = theme.style(slot);
            let Some(text) = style.fg else { continue };
            let ratio = contrast_ratio(text, style.bg.unwrap_or(screen)).expect("true colours");
            assert!(ratio >= 7.0, "{name}: {} has {ratio:.2}", slot.name());
        }
    }
}

#[test]
fn the_cursor_is_seen_at_every_depth() {
    for name in shipped::theme_names() {
        for depth in DEPTHS {
            let theme = shipped_theme(name, at(depth));
            let cursor = theme.style(Slot::Cursor);
            let reversed = cursor.add_modifier.contains(Modifier::REVERSED);
            let own_ground = cursor.bg.is_some() && cursor.bg != theme.style(Slot::Background).bg;
            assert!(reversed || own_ground, "{name} at {depth:?}");
        }
    }
}

#[test]
fn without_colours_the_hierarchy_is_kept() {
    for name in shipped::theme_names() {
        let theme = shipped_theme(name, at(ColourDepth::None));
        for slot in Slot::ALL.iter().copied() {
            let style = theme.style(slot);
            assert_eq!((style.fg, style.bg), (None, None), "{}", slot.name());
        }
        let has = |slot, modifier| theme.style(slot).add_modifier.contains(modifier);
        assert!(has(Slot::Cursor, Modifier::REVERSED));
        assert!(has(Slot::TabActive, Modifier::REVERSED));
        assert!(has(Slot::Production, Modifier::REVERSED));
        assert!(has(Slot::Marked, Modifier::UNDERLINED));
        assert!(has(Slot::Match, Modifier::UNDERLINED));
        assert!(has(Slot::Bad, Modifier::BOLD));
        assert!(has(Slot::Muted, Modifier::DIM));
        assert_eq!(theme.style(Slot::Text), Style::new());
    }
}

#[test]
fn colours_become_the_nearest_that_there_are() {
    let theme = "name = \"t\"\nkind = \"dark\"\n[palette]\nsky = \"#5fafff\"\nember = \"#f01010\"\n[ansi]\nsky = \"cyan\"\n\
                 [styles]\ntext = \"sky\"\n\"state.bad\" = \"ember\"\n\"state.good\" = \"green\"\n";
    let colour = |depth, slot| compiled(theme, depth).style(slot).fg;
    assert_eq!(colour(ColourDepth::TrueColour, Slot::Text), Some(Color::Rgb(0x5f, 0xaf, 0xff)));
    assert_eq!(colour(ColourDepth::Ansi256, Slot::Text), Some(Color::Indexed(75)));
    assert_eq!(colour(ColourDepth::Ansi16, Slot::Text), Some(Color::Cyan), "as the theme says");
    assert_eq!(colour(ColourDepth::Ansi16, Slot::Bad), Some(Color::LightRed));
    assert_eq!(colour(ColourDepth::TrueColour, Slot::Good), Some(Color::Green), "the terminal's own");
}

#[test]
fn what_a_theme_leaves_out_leans_on_what_it_says() {
    let theme = compiled(include_str!("valid_configs/theme/sparse.toml"), ColourDepth::TrueColour);
    assert_eq!(theme.style(Slot::NoteError).fg, Some(Color::LightRed));
    assert_eq!(theme.style(Slot::Good), theme.style(Slot::Text));
    let bare = compiled("name = \"bare\"\nkind = \"dark\"\n", ColourDepth::TrueColour);
    assert!(bare.style(Slot::Cursor).add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn symbols_are_those_of_the_terminal() {
    let target = Target { ascii: true, ..at(ColourDepth::Ansi16) };
    assert_eq!(shipped_theme("dark", target).symbols(), &Symbols::ASCII);
    assert_eq!(shipped_theme("dark", at(ColourDepth::Ansi16)).symbols(), &Symbols::UNICODE);
}
