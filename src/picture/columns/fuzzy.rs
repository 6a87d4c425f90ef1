//! A fuzzy word within one text: its letters in order, with little left out between them.
//!
//! Letters that are merely scattered over a long generated name would match nearly everything. So a word is
//! found where it is contained, or where it begins with a word of the text and leaves out few letters;
//! going on with the beginning of the next word of the text is free (`br` finds `backend-rust`).

/// The most letters that a word may leave out, however long it is.
const MOST_LEFT_OUT: u8 = 4;
/// What it costs to pass over a whole word of the text.
const PASSED_WORD: u8 = 2;
const UNREACHED: u8 = u8::MAX;

/// A word to find.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    letters: Box<[char]>,
    /// Whether upper and lower case differ: they do when the word has an upper-case letter.
    exact: bool,
    /// What may be left out.
    budget: u8,
}

impl Needle {
    pub(super) fn new(word: &str) -> Self {
        let exact = word.chars().any(char::is_uppercase);
        let letters: Box<[char]> = word.chars().map(|letter| fold(letter, exact)).collect();
        let budget = match letters.len() {
            0..=2 => 0,
            length => u8::try_from(length / 2).unwrap_or(MOST_LEFT_OUT).min(MOST_LEFT_OUT),
        };
        Needle { letters, exact, budget }
    }

    /// Whether all letters are there in order: cheap, and false for most texts.
    fn is_scattered_in(&self, text: &str) -> bool {
        let mut wanted = self.letters.iter();
        let mut next = wanted.next();
        for letter in text.chars() {
            match next {
                Some(letter_wanted) if fold(letter, self.exact) == *letter_wanted => next = wanted.next(),
                Some(_) => {}
                None => break,
            }
        }
        next.is_none()
    }
}

fn fold(letter: char, exact: bool) -> char {
    match exact {
        true => letter,
        false if letter.is_ascii() => letter.to_ascii_lowercase(),
        false => letter.to_lowercase().next().unwrap_or(letter),
    }
}

/// A letter of the text.
#[derive(Debug, Clone, Copy)]
struct Letter {
    folded: char,
    /// Which word it is in; what separates words is counted to the word behind it.
    word: usize,
    starts_word: bool,
}

/// Finds words, with the memory that this takes.
#[derive(Debug, Default)]
pub(super) struct Finder {
    text: Vec<Letter>,
    /// By place in the text: the least that was left out when the letters so far end there.
    costs: Vec<u8>,
    next_costs: Vec<u8>,
    /// The least of the places of each word of the text.
    word_costs: Vec<u8>,
}

impl Finder {
    /// Whether the word is found in the text.
    pub(super) fn finds(&mut self, needle: &Needle, text: &str) -> bool {
        if !needle.is_scattered_in(text) {
            return false;
        }
        self.read(text, needle.exact);
        self.contains(needle) || self.abbreviates(needle)
    }

    fn read(&mut self, text: &str, exact: bool) {
        self.text.clear();
        let (mut word, mut before) = (0, None);
        for letter in text.chars() {
            let starts_word = starts_word(before, letter);
            // A separator opens the word behind it; that word's first letter does not open another one.
            if starts_word && before.is_some_and(char::is_alphanumeric) {
                word += 1;
            }
            self.text.push(Letter { folded: fold(letter, exact), word, starts_word });
            before = Some(letter);
        }
    }

    fn contains(&self, needle: &Needle) -> bool {
        let same = |(letter, wanted): (&Letter, &char)| letter.folded == *wanted;
        self.text
            .windows(needle.letters.len().max(1))
            .any(|window| window.iter().zip(&needle.letters).all(same))
    }

    fn abbreviates(&mut self, needle: &Needle) -> bool {
        let words = self.text.last().map_or(0, |letter| letter.word + 1);
        self.costs.clear();
        self.costs.resize(self.text.len(), UNREACHED);
        for (index, wanted) in needle.letters.iter().enumerate() {
            self.word_costs.clear();
            self.word_costs.resize(words, UNREACHED);
            for (letter, cost) in self.text.iter().zip(&self.costs) {
                self.word_costs[letter.word] = self.word_costs[letter.word].min(*cost);
            }
            let mut next_costs = std::mem::take(&mut self.next_costs);
            next_costs.clear();
            let places = self.text.iter().enumerate();
            next_costs.extend(places.map(|(place, letter)| match letter.folded == *wanted {
                true if index == 0 && letter.starts_word => 0,
                true if index > 0 => self.cost_at(place, needle.budget),
                _ => UNREACHED,
            }));
            self.next_costs = std::mem::replace(&mut self.costs, next_costs);
        }
        self.costs.iter().any(|cost| *cost <= needle.budget)
    }

    /// The least that is left out when the next letter is at this place.
    fn cost_at(&self, place: usize, budget: u8) -> u8 {
        let letter = self.text[place];
        let from = place.saturating_sub(usize::from(budget) + 1);
        let within = (from..place)
            .rev()
            .zip(0..)
            .filter(|(before, _)| self.text[*before].word == letter.word)
            .map(|(before, left_out)| self.costs[before].saturating_add(left_out));
        let words_before = if letter.starts_word { letter.word } else { 0 };
        let from_other_words = (0..words_before)
            .rev()
            .zip((0..=budget).step_by(usize::from(PASSED_WORD)))
            .map(|(word, passed)| self.word_costs[word].saturating_add(passed));
        within.chain(from_other_words).min().unwrap_or(UNREACHED)
    }
}

fn starts_word(before: Option<char>, letter: char) -> bool {
    let Some(before) = before else { return true };
    !letter.is_alphanumeric()
        || !before.is_alphanumeric()
        || before.is_lowercase() && letter.is_uppercase()
        || before.is_alphabetic() && letter.is_numeric()
}
