//! Gauges, sparklines, comparisons, help, the key popup and text.

use quarterdeck::theme::Symbols;
use quarterdeck::widgets::diff::{self, DiffKind};
use quarterdeck::widgets::gauge::Gauge;
use quarterdeck::widgets::help::{self, KeyEntry, KeyGroup};
use quarterdeck::widgets::scroll::ScrollState;
use quarterdeck::widgets::text::{self, Truncate};
use quarterdeck::widgets::{sparkline, whichkey};
use ratatui::style::Style;

use super::support::{picture, plain, screen};

#[test]
fn gauge_never_lies_at_the_ends() {
    let gauge = |share| {
        let line = |symbols| {
            let line = Gauge::new(share, 5).line(symbols);
            line.spans.iter().map(|span| span.text.as_str()).collect::<String>()
        };
        (line(&Symbols::UNICODE), line(&Symbols::ASCII))
    };
    let both = |unicode: &str, ascii: &str| (unicode.to_owned(), ascii.to_owned());
    assert_eq!(gauge(Some(0.0)), both("░░░░░   0%", ".....   0%"));
    assert_eq!(gauge(Some(0.001)), both("░░░░░   0%", ".....   0%"), "what reads 0 % is empty");
    assert_eq!(gauge(Some(0.01)), both("▏░░░░   1%", "#....   1%"), "something is not nothing");
    assert_eq!(gauge(Some(0.04)), both("▎░░░░   4%", "#....   4%"));
    assert_eq!(gauge(Some(0.1)), both("▌░░░░  10%", "#....  10%"));
    assert_eq!(gauge(Some(0.999)), both("████▉ 100%", "####. 100%"), "almost all is not all");
    assert_eq!(gauge(Some(1.4)), both("█████ 140%", "##### 140%"));
    assert_eq!(gauge(Some(f64::NAN)), both("░░░░░    ?", ".....    ?"));
}

#[test]
fn gauge_as_text() {
    let line = |symbols| {
        let line = Gauge::new(Some(0.62), 5).line(symbols);
        line.spans.iter().map(|span| span.text.as_str()).collect::<String>()
    };
    assert_eq!(line(&Symbols::UNICODE), "███▏░  62%");
    assert_eq!(line(&Symbols::ASCII), "###..  62%");
}

#[test]
fn sparkline_shows_the_latest_values() {
    let values: Vec<Option<f64>> = (0..12).map(|value| Some(f64::from(value))).chain([None]).collect();
    assert_eq!(sparkline::blocks(&values, 6, None, &Symbols::UNICODE), "▅▆▇▇█ ");
    assert_eq!(sparkline::blocks(&values[..2], 4, Some(1.0), &Symbols::ASCII), "  _#");
    assert_eq!(sparkline::braille(&values[..4], 3, None, &Symbols::UNICODE).chars().count(), 3);
    assert_eq!(sparkline::blocks(&[], 3, None, &Symbols::UNICODE), "   ");
}

#[test]
fn comparison_keeps_signs_and_context() {
    let before = "kind: Deployment\nreplicas: 2\nimage: a\nport: 1\nport: 2\nport: 3\nport: 4\nend: x\n";
    let after = before.replace("replicas: 2", "replicas: 5").replace("end: x", "end: y");
    let lines = diff::compare(before, &after, 1);
    let text: Vec<String> =
        lines.iter().map(|line| line.styled(&Symbols::UNICODE).spans[0].text.clone()).collect();
    assert_eq!(
        text,
        [
            "  kind: Deployment",
            "- replicas: 2",
            "+ replicas: 5",
            "  image: a",
            "  …",
            "  port: 4",
            "- end: x",
            "+ end: y"
        ]
    );
    assert!(diff::compare(before, before, 3).is_empty());
    assert_eq!(lines.iter().filter(|line| line.kind == DiffKind::Skipped).count(), 1);
}

fn groups() -> Vec<KeyGroup> {
    let entry = |key: &str, description: &str| KeyEntry {
        key: key.into(),
        description: description.into(),
        enabled: true,
    };
    let group = |title: &str, count: usize| KeyGroup {
        title: title.into(),
        entries: (0..count)
            .map(|index| entry(&format!("g {index}"), &format!("Go to place number {index}")))
            .collect(),
    };
    vec![group("Moving", 6), group("Workloads", 4), group("Pods", 3), group("Everywhere", 5)]
}

#[test]
fn help_at_80x24() {
    let mut buffer = screen(80, 24);
    let area = buffer.area;
    help::draw(&groups(), area, &mut buffer, &plain(), Style::default(), &mut ScrollState::default());
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn key_popup_stands_at_the_bottom() {
    let entries = groups().remove(0).entries;
    let mut buffer = screen(60, 10);
    let area = buffer.area;
    whichkey::draw("g", &entries, area, &mut buffer, &plain());
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn wide_characters_are_cut_at_their_edges() {
    assert_eq!(text::truncate("東京都庁", 5, Truncate::End, "…"), "東京…");
    assert_eq!(text::truncate("東京都庁", 4, Truncate::End, "…"), "東…");
    assert_eq!(text::truncate("東京都庁", 5, Truncate::Start, "…"), "…都庁");
    assert_eq!(text::truncate("short", 5, Truncate::Middle, "…"), "short");
    assert_eq!(text::truncate("longer", 1, Truncate::End, "…"), "…");
    assert_eq!(text::truncate("longer", 0, Truncate::End, "…"), "");
}

#[test]
fn long_words_are_broken_and_others_are_not() {
    assert_eq!(text::wrap("one two three", 8), ["one two", "three"]);
    assert_eq!(text::wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
    assert_eq!(text::wrap("", 4), [""]);
    assert_eq!(text::wrap("東京", 1), ["東", "京"]);
}
