//! Dialogs, prompts, typed confirmations, details and pickers.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use quarterdeck::theme::Slot;
use quarterdeck::widgets::confirmation::TypedConfirmation;
use quarterdeck::widgets::detail::{self, Section};
use quarterdeck::widgets::dialog::{Dialog, Field};
use quarterdeck::widgets::hints::Hint;
use quarterdeck::widgets::line::StyledLine;
use quarterdeck::widgets::picker::{Picker, PickerItem, PickerState};
use quarterdeck::widgets::prompt::{InputChange, Prompt, Suggestion};
use quarterdeck::widgets::scroll::ScrollState;
use ratatui::style::Style;
use tui_input::Input;

use super::support::{colourful, picture, plain, screen};

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn type_text(confirmation: &mut TypedConfirmation, text: &str) {
    for character in text.chars() {
        confirmation.handle_key(key(KeyCode::Char(character)));
    }
}

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("What will happen")
            .field("Workload", "Deployment production/backend-rust")
            .field("Replicas", StyledLine::from("2 → 5").and("  3 more", Slot::Muted))
            .field("Capacity", StyledLine::new("fits: 1.5 of 6.2 free cores, 3 of 11 GiB", Slot::Good))
            .field(
                "Autoscaler",
                StyledLine::new("▲ backend-rust keeps 2 to 10 replicas and will undo this within minutes; raise its minimum instead", Slot::Warning),
            ),
        Section::new("Pods").table(
            &["POD", "STATUS", "NODE"],
            vec![
                vec!["backend-rust-5f7c".into(), StyledLine::new("● Running", Slot::Good), "worker-01".into()],
                vec!["backend-rust-9a2b".into(), StyledLine::new("✖ CrashLoopBackOff", Slot::Bad), "worker-02".into()],
            ],
        ),
    ]
}

fn footer() -> Vec<Hint> {
    vec![
        Hint::new("enter", "scale").enabled(false),
        Hint::new("esc", "leave everything as it is"),
        Hint::new("?", "help").priority(10),
    ]
}

fn draw_dialog(width: u16, height: u16, typed: &str) -> String {
    let mut confirmation = TypedConfirmation::new("prod-eu/backend-rust");
    type_text(&mut confirmation, typed);
    let (body, footer) = (sections(), footer());
    let dialog = Dialog {
        title: "Scale backend-rust",
        danger: true,
        body: &body,
        field: Field::Confirmation(&confirmation),
        footer: &footer,
    };
    let mut buffer = screen(width, height);
    dialog.draw(buffer.area, &mut buffer, &colourful(), &mut ScrollState::default());
    picture(&buffer)
}

#[test]
fn dialog_at_80x24() {
    insta::assert_snapshot!(draw_dialog(80, 24, "prod-eu/back"));
}

#[test]
fn dialog_at_160x45() {
    insta::assert_snapshot!(draw_dialog(160, 45, "prod-eu/backend-rust"));
}

#[test]
fn dialog_at_40x12_scrolls_its_body() {
    insta::assert_snapshot!(draw_dialog(40, 12, "staging"));
}

#[test]
fn dialog_at_20x5_keeps_field_and_keys() {
    let drawn = draw_dialog(20, 5, "prod");
    insta::assert_snapshot!(drawn);
    assert!(drawn.contains("prod"));
}

#[test]
fn dialog_with_a_prompt() {
    let mut prompt = Prompt::new("Replicas", "500");
    prompt.error = Some("between 0 and 100".to_owned());
    let footer = [Hint::new("enter", "next"), Hint::new("esc", "leave")];
    let body = [Section::paragraphs(["How many replicas should backend-rust have?".into()])];
    let dialog =
        Dialog { title: "Scale", danger: false, body: &body, field: Field::Prompt(&prompt), footer: &footer };
    let mut buffer = screen(64, 12);
    let cursor = dialog.draw(buffer.area, &mut buffer, &plain(), &mut ScrollState::default());
    insta::assert_snapshot!(picture(&buffer));
    let cursor = cursor.unwrap();
    assert_eq!(buffer[(cursor.x - 1, cursor.y)].symbol(), "0", "the cursor stands after the text");
}

#[test]
fn confirmation_wants_every_letter() {
    let mut confirmation = TypedConfirmation::new("prod-eu/api");
    assert_eq!(confirmation.typed(), "");
    assert!(!confirmation.is_complete());
    type_text(&mut confirmation, "prod-eu/ap");
    assert!(!confirmation.is_complete());
    type_text(&mut confirmation, "i");
    assert!(confirmation.is_complete());
    type_text(&mut confirmation, " ");
    assert!(!confirmation.is_complete(), "nothing may follow");
    confirmation.handle_key(key(KeyCode::Backspace));
    assert!(confirmation.is_complete());
}

#[test]
fn confirmation_refuses_a_paste_and_says_so() {
    let mut confirmation = TypedConfirmation::new("prod-eu/api");
    confirmation.refuse_paste();
    assert_eq!(confirmation.typed(), "");
    assert!(confirmation.paste_was_refused());
    let mut buffer = screen(60, 3);
    confirmation.draw(buffer.area, &mut buffer, &plain(), Style::default());
    assert!(picture(&buffer).contains("refused"), "{}", picture(&buffer));
    type_text(&mut confirmation, "p");
    assert!(!confirmation.paste_was_refused());
}

#[test]
fn an_empty_name_is_never_confirmed() {
    assert!(!TypedConfirmation::new("").is_complete());
}

#[test]
fn prompt_edits_and_pastes_one_line() {
    let mut prompt = Prompt::new("Filter", "");
    assert_eq!(prompt.paste("  web\x1b\u{7}\nsecond line"), InputChange::Edited);
    assert_eq!(prompt.value(), "web");
    assert_eq!(prompt.handle_key(key(KeyCode::Left)), InputChange::Moved);
    assert_eq!(prompt.handle_key(key(KeyCode::Enter)), InputChange::Ignored);
    assert_eq!(prompt.handle_key(key(KeyCode::Char('x'))), InputChange::Edited);
    assert_eq!(prompt.value(), "wexb");
}

#[test]
fn prompt_shows_suggestions_and_takes_one() {
    let suggestion =
        |text: &str, description: &str| Suggestion { text: text.into(), description: description.into() };
    let mut prompt = Prompt::new("Namespace", "p");
    prompt.suggestions =
        vec![suggestion("production", "12 workloads"), suggestion("payments", "3 workloads")];
    prompt.select_by(1);
    prompt.select_by(1);
    let mut buffer = screen(48, 4);
    prompt.draw(buffer.area, &mut buffer, &plain(), Style::default());
    insta::assert_snapshot!(picture(&buffer));
    assert_eq!(prompt.accept_selected(), InputChange::Edited);
    assert_eq!(prompt.value(), "payments");
    prompt.select_by(1);
    assert_eq!(prompt.selected, Some(0), "round at the end");
}

#[test]
fn a_long_input_scrolls_with_its_cursor() {
    let prompt = Prompt::new(">", "abcdefghijklmnopqrstuvwxyz");
    let mut buffer = screen(12, 1);
    let cursor = prompt.draw(buffer.area, &mut buffer, &plain(), Style::default()).unwrap();
    assert_eq!(picture(&buffer).trim_end(), "> rstuvwxyz");
    assert_eq!(cursor.x, 11);
}

#[test]
fn detail_at_80x24() {
    let mut buffer = screen(80, 24);
    let area = buffer.area;
    detail::draw(&sections(), area, &mut buffer, &colourful(), Style::default(), &mut ScrollState::default());
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn detail_at_160x45() {
    let mut buffer = screen(160, 45);
    let area = buffer.area;
    detail::draw(&sections(), area, &mut buffer, &colourful(), Style::default(), &mut ScrollState::default());
    insta::assert_snapshot!(picture(&buffer));
}

#[test]
fn detail_scrolls_to_its_end_and_no_further() {
    let mut buffer = screen(40, 6);
    let area = buffer.area;
    let mut state = ScrollState::default();
    detail::draw(&sections(), area, &mut buffer, &colourful(), Style::default(), &mut state);
    assert!(!state.fits());
    state.scroll_by(1000);
    buffer.reset();
    detail::draw(&sections(), area, &mut buffer, &colourful(), Style::default(), &mut state);
    assert!(picture(&buffer).lines().last().unwrap().contains("backend-rust-9a2b"), "{}", picture(&buffer));
}

fn items() -> Vec<PickerItem> {
    let item = |text: &str, matched: &[u32], description: &str, key: &str| PickerItem {
        text: text.into(),
        matched: matched.to_vec(),
        description: description.into(),
        key: key.into(),
        refused: None,
        ..PickerItem::default()
    };
    vec![
        item("workload.scale", &[0, 9, 10], "Change how many replicas a workload has", "s"),
        item(
            "workload.restart",
            &[0, 9],
            "Start every pod of a workload anew, one after the other",
            "ctrl-r",
        ),
        PickerItem {
            refused: Some("the console is read-only".into()),
            ..item("workload.rollback", &[0], "Go back", "b")
        },
        item("pane.zones", &[], "Show the platform by zones", "1"),
    ]
}

fn draw_picker(width: u16, height: u16) -> String {
    let items = items();
    let input = Input::new("wsc".into());
    let picker = Picker {
        title: "Actions and places",
        input: &input,
        placeholder: "type to narrow down",
        items: &items,
        total: 42,
    };
    let mut buffer = screen(width, height);
    picker.draw(buffer.area, &mut buffer, &colourful(), &mut PickerState::at(1));
    picture(&buffer)
}

#[test]
fn picker_at_80x24() {
    insta::assert_snapshot!(draw_picker(80, 24));
}

#[test]
fn picker_at_160x45() {
    insta::assert_snapshot!(draw_picker(160, 45));
}

#[test]
fn picker_highlights_what_matched() {
    let items = items();
    let input = Input::new("wsc".into());
    let picker = Picker { title: "", input: &input, placeholder: "", items: &items, total: 4 };
    let theme = colourful();
    let mut buffer = screen(60, 12);
    picker.draw(buffer.area, &mut buffer, &theme, &mut PickerState::at(3));
    let highlighted: String = buffer
        .content
        .iter()
        .filter(|cell| {
            Some(cell.fg) == theme.style(Slot::Match).fg && cell.symbol().chars().all(char::is_alphabetic)
        })
        .map(|cell| cell.symbol())
        .collect();
    assert!(highlighted.starts_with("wsc"), "{highlighted}");
}

#[test]
fn picker_goes_round_and_survives_nothing() {
    let mut state = PickerState::default();
    state.move_by(-1, 4);
    assert_eq!(state.selected, 3);
    state.move_by(1, 4);
    assert_eq!(state.selected, 0);
    state.move_by(1, 0);
    assert_eq!(state.selected, 0);
}
