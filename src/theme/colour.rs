//! Colours: how they are written, how far they stand apart, and the nearest that a terminal can show.

use ratatui::style::Color;

/// How many colours the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourDepth {
    /// None, or none wanted (`NO_COLOR`).
    None,
    /// The 16 that the terminal's own palette defines.
    Ansi16,
    /// The 256 of xterm.
    Ansi256,
    /// 24 bits.
    TrueColour,
}

/// Red, green and blue, each from 0 to 255.
pub(super) type Rgb = (u8, u8, u8);

/// The names that a theme file has for the terminal's own colours, with xterm's values for them.
const NAMED: [(&str, Color, Rgb); 16] = [
    ("black", Color::Black, (0, 0, 0)),
    ("red", Color::Red, (205, 0, 0)),
    ("green", Color::Green, (0, 205, 0)),
    ("yellow", Color::Yellow, (205, 205, 0)),
    ("blue", Color::Blue, (0, 0, 238)),
    ("magenta", Color::Magenta, (205, 0, 205)),
    ("cyan", Color::Cyan, (0, 205, 205)),
    ("gray", Color::Gray, (229, 229, 229)),
    ("dark-gray", Color::DarkGray, (127, 127, 127)),
    ("light-red", Color::LightRed, (255, 0, 0)),
    ("light-green", Color::LightGreen, (0, 255, 0)),
    ("light-yellow", Color::LightYellow, (255, 255, 0)),
    ("light-blue", Color::LightBlue, (92, 92, 255)),
    ("light-magenta", Color::LightMagenta, (255, 0, 255)),
    ("light-cyan", Color::LightCyan, (0, 255, 255)),
    ("white", Color::White, (255, 255, 255)),
];
const DEFAULT: &str = "default";

/// The colour that a name of the terminal's own palette stands for; `default` is the terminal's own.
pub(super) fn named(word: &str) -> Option<Color> {
    if word == DEFAULT {
        return Some(Color::Reset);
    }
    NAMED.iter().find(|(name, ..)| *name == word).map(|(_, colour, _)| *colour)
}

/// The names of the terminal's own colours.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(name, ..)| *name).chain([DEFAULT])
}

/// Reads `#rrggbb`.
pub(super) fn hexadecimal(word: &str) -> Option<Rgb> {
    let digits = word.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let channel = |range| u8::from_str_radix(&digits[range], 16).ok();
    Some((channel(0..2)?, channel(2..4)?, channel(4..6)?))
}

/// The nearest of the 16 colours, by xterm's values for them.
pub(super) fn nearest_of_16(colour: Rgb) -> Color {
    nearest(colour, NAMED.iter().map(|(_, named, value)| (*named, *value))).unwrap_or(Color::Reset)
}

/// The nearest of xterm's 240 fixed colours; the first 16 of its 256 are the user's own and not fixed.
pub(super) fn nearest_of_256(colour: Rgb) -> Color {
    let fixed = (16..=255).map(|index| (Color::Indexed(index), xterm(index)));
    nearest(colour, fixed).unwrap_or(Color::Reset)
}

/// The value of one of xterm's fixed colours: a cube of six steps each way, then 24 greys.
fn xterm(index: u8) -> Rgb {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match index {
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
        _ => {
            let index = usize::from(index.saturating_sub(16));
            (STEPS[index / 36 % 6], STEPS[index / 6 % 6], STEPS[index % 6])
        }
    }
}

fn nearest(colour: Rgb, candidates: impl Iterator<Item = (Color, Rgb)>) -> Option<Color> {
    let wanted = perceived(colour);
    candidates
        .map(|(candidate, value)| (distance(wanted, perceived(value)), candidate))
        .min_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum()
}

/// The colour in OKLab, where equal distances look equal.
fn perceived(colour: Rgb) -> [f64; 3] {
    let [red, green, blue] = linear(colour);
    let long = (0.412_221_47 * red + 0.536_332_54 * green + 0.051_445_99 * blue).cbrt();
    let medium = (0.211_903_50 * red + 0.680_699_55 * green + 0.107_396_96 * blue).cbrt();
    let short = (0.088_302_46 * red + 0.281_718_84 * green + 0.629_978_70 * blue).cbrt();
    [
        0.210_454_26 * long + 0.793_617_79 * medium - 0.004_072_05 * short,
        1.977_998_50 * long - 2.428_592_21 * medium + 0.450_593_71 * short,
        0.025_904_04 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
    ]
}

fn linear((red, green, blue): Rgb) -> [f64; 3] {
    [red, green, blue].map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance(colour: Rgb) -> f64 {
    let [red, green, blue] = linear(colour);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The contrast ratio of two true colours, from 1 to 21 (WCAG); none when one isn't a true colour.
pub fn contrast_ratio(one: Color, other: Color) -> Option<f64> {
    match (one, other) {
        (Color::Rgb(r, g, b), Color::Rgb(red, green, blue)) => Some(ratio((r, g, b), (red, green, blue))),
        _ => None,
    }
}

fn ratio(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The colour moved towards black or white until it stands out from the ground by at least `wanted`.
pub(super) fn lifted(colour: Rgb, ground: Rgb, wanted: f64) -> Rgb {
    const STEPS: u16 = 20;
    const BLACK: Rgb = (0, 0, 0);
    const WHITE: Rgb = (255, 255, 255);
    let goal = if ratio(WHITE, ground) > ratio(BLACK, ground) { WHITE } else { BLACK };
    (0..=STEPS)
        .map(|step| mixed(colour, goal, f64::from(step) / f64::from(STEPS)))
        .find(|mixed| ratio(*mixed, ground) >= wanted)
        .unwrap_or(goal)
}

fn mixed(from: Rgb, to: Rgb, share: f64) -> Rgb {
    // Both ends are within 0 to 255, and so is what lies between them.
    let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
    (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}
