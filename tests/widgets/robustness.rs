//! No size of area, and no text, makes a widget panic or draw outside its area.

use proptest::prelude::*;
use quarterdeck::theme::{Slot, Theme};
use quarterdeck::widgets::bar::{self, Segment};
use quarterdeck::widgets::confirmation::TypedConfirmation;
use quarterdeck::widgets::detail;
use quarterdeck::widgets::dialog::{Dialog, Field};
use quarterdeck::widgets::gauge::Gauge;
use quarterdeck::widgets::help::{self, KeyEntry, KeyGroup};
use quarterdeck::widgets::hints::{self, Hint};
use quarterdeck::widgets::line::StyledLine;
use quarterdeck::widgets::notes::{self, Gravity, Note};
use quarterdeck::widgets::picker::{Picker, PickerItem, PickerState};
use quarterdeck::widgets::prompt::{Prompt, Suggestion};
use quarterdeck::widgets::scroll::ScrollState;
use quarterdeck::widgets::table::{Table, TableState};
use quarterdeck::widgets::tabs::{self, Tab};
use quarterdeck::widgets::text::{self, Truncate};
use quarterdeck::widgets::whichkey;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use tui_input::Input;

use super::support::{colourful, plain, screen};
use super::tables::{pod, pod_columns};

/// Draws every widget once in the area.
fn draw_everything(area: Rect, buffer: &mut Buffer, theme: &Theme, words: &str, number: usize) {
    let style = Style::default();
    let columns = pod_columns();
    let mut state = TableState::at(number);
    state.offset = number / 2;
    state.scrolled_columns = number % 9;
    let table = Table { columns: &columns, total: number, empty: words, focused: true };
    table.draw(area, buffer, theme, &mut state, |index, cells| {
        pod(index, cells);
        cells.extend(words, Slot::Bad);
    });

    let mut prompt = Prompt::new(words, words);
    prompt.error = Some(words.to_owned());
    prompt.suggestions = vec![Suggestion { text: words.into(), description: words.into() }; 3];
    prompt.select_by(1);
    prompt.draw(area, buffer, theme, style);

    let confirmation = TypedConfirmation::new(words);
    let hint_list = vec![Hint::new("k", words), Hint::new(words, "w").priority(3)];
    let mut body = super::dialogs::sections();
    body[0] = body[0].clone().field(words, words).text(words);
    for field in [Field::None, Field::Prompt(&prompt), Field::Confirmation(&confirmation)] {
        let dialog = Dialog { title: words, danger: true, body: &body, field, footer: &hint_list };
        dialog.draw(area, buffer, theme, &mut ScrollState::default());
    }
    let mut scrolled = ScrollState::at(number);
    detail::draw(&body, area, buffer, theme, style, &mut scrolled);

    let input = Input::new(words.to_owned());
    let item = PickerItem {
        text: words.into(),
        matched: vec![0, 2, 90],
        description: words.into(),
        key: words.into(),
        refused: None,
        ..PickerItem::default()
    };
    let items = vec![item; number % 40];
    let picker = Picker { title: words, input: &input, placeholder: words, items: &items, total: number };
    picker.draw(area, buffer, theme, &mut PickerState::at(number));

    let segments = [Segment::new(words, Slot::Title), Segment::badge(words, Slot::Production)];
    bar::draw(&segments, &segments, area, buffer, theme);
    bar::draw_breadcrumb(&[words, "b", words], area, buffer, theme);
    hints::draw(&hint_list, area, buffer, theme, style);
    let tab = Tab { key: "1".into(), title: words.into(), badge: Some((words.into(), Slot::Bad)) };
    tabs::draw(&[tab.clone(), tab], 1, area, buffer, theme, style);
    let note = Note { gravity: Gravity::Error, text: words.into(), when: words.into() };
    notes::draw(&vec![note; number % 9], area, buffer, theme, style);
    if !area.is_empty() {
        Gauge::new(Some(0.4), 10).draw(buffer, (area.x, area.y), area.width, theme, style);
    }

    let entry = KeyEntry { key: "g".into(), description: words.into(), enabled: true };
    let group = KeyGroup { title: words.into(), entries: vec![entry.clone(); number % 30] };
    help::draw(&[group.clone(), group], area, buffer, theme, style, &mut ScrollState::default());
    whichkey::draw(words, &vec![entry; number % 30], area, buffer, theme);
}

#[test]
fn everything_draws_at_every_small_size() {
    for theme in [colourful(), plain()] {
        for width in 0..34 {
            for height in 0..9 {
                let mut buffer = screen(width, height);
                let area = buffer.area;
                draw_everything(area, &mut buffer, &theme, "some words 東京 and more", 13);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_is_drawn_outside_the_area(
        (x, y) in (0_u16..8, 0_u16..5),
        (width, height) in (0_u16..120, 0_u16..40),
        words in "\\PC{0,40}",
        number in 0_usize..300,
    ) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, x + width + 6, y + height + 3));
        draw_everything(Rect::new(x, y, width, height), &mut buffer, &plain(), &words, number);
        let area = Rect::new(x, y, width, height);
        for position in buffer.area.positions().filter(|position| !area.contains(*position)) {
            prop_assert_eq!(buffer[position].symbol(), " ", "at {:?}", position);
        }
    }

    #[test]
    fn an_area_beyond_the_buffer_is_clipped(
        (x, y) in (0_u16..100, 0_u16..50),
        (width, height) in (0_u16..200, 0_u16..100),
    ) {
        let mut buffer = screen(40, 10);
        draw_everything(Rect::new(x, y, width, height), &mut buffer, &plain(), "words", 20);
    }

    #[test]
    fn cut_texts_fit(words in "\\PC{0,60}", max in 0_usize..40) {
        for mode in [Truncate::End, Truncate::Middle, Truncate::Start] {
            let cut = text::cut(&words, max, mode);
            prop_assert!(cut.head <= cut.tail && cut.tail <= words.len());
            prop_assert!(words.is_char_boundary(cut.head) && words.is_char_boundary(cut.tail));
        }
    }

    #[test]
    fn wrapping_loses_no_word(words in "[a-z ]{0,80}", max in 1_usize..30) {
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        let line = StyledLine::new(words.as_str(), Slot::Text).and(words.as_str(), Slot::Bad);
        let joined: String = line.wrap(max).iter().flat_map(|line| line.spans.iter()).map(|span| span.text.as_str()).collect();
        prop_assert_eq!(squeeze(&joined), squeeze(&format!("{words}{words}")));
        prop_assert!(line.wrap(max).iter().all(|line| line.width() <= max));
    }
}
