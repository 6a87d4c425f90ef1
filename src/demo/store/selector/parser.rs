//! Reads label selectors: the grammar of apimachinery's `labels` package, with its refusals.

use super::labels::Test;

/// A piece of a selector's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Symbol(&'a str),
    Unknown,
    End,
}

/// The symbols, longer ones before those that they begin with.
const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", ",", "(", ")", "<", ">"];
const OPERATORS: &str = "in, notin, =, ==, !=, gt, lt";

type Requirement = (String, Test);

/// The requirements of a selector; the error is worded as the server words it.
pub(super) fn requirements(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser { tokens: tokens(text), position: 0 };
    let mut requirements = Vec::new();
    loop {
        match parser.peek() {
            Token::Word(_) | Token::Symbol("!") => {}
            Token::End => return Ok(requirements),
            other => {
                return Err(format!(
                    "found '{}', expected: !, identifier, or 'end of string'",
                    literal(other)
                ));
            }
        }
        let requirement =
            parser.requirement().map_err(|error| format!("unable to parse requirement: {error}"))?;
        requirements.push(requirement);
        match parser.next() {
            Token::End => return Ok(requirements),
            Token::Symbol(",") => match parser.peek() {
                Token::Word(_) | Token::Symbol("!") => {}
                other => return Err(format!("found '{}', expected: identifier after ','", literal(other))),
            },
            other => return Err(format!("found '{}', expected: ',' or 'end of string'", literal(other))),
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let special = |letter: char| "=!(),<>".contains(letter);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let token = if rest.starts_with(special) {
            match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => Token::Symbol(&rest[..symbol.len()]),
                None => Token::Unknown,
            }
        } else {
            let end = rest.find(|letter: char| special(letter) || letter.is_ascii_whitespace());
            Token::Word(&rest[..end.unwrap_or(rest.len())])
        };
        rest = rest[literal(token).len().max(1)..].trim_start();
        tokens.push(token);
    }
    tokens
}

fn literal(token: Token<'_>) -> &str {
    match token {
        Token::Word(text) | Token::Symbol(text) => text,
        Token::Unknown | Token::End => "",
    }
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.position).copied().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let negated = self.peek() == Token::Symbol("!");
        if negated {
            self.next();
        }
        let key = match self.next() {
            Token::Word(key) => key,
            other => return Err(format!("found '{}', expected: identifier", literal(other))),
        };
        check_key(key)?;
        let owned = key.to_owned();
        match self.peek() {
            _ if negated => return Ok((owned, Test::Missing)),
            Token::End | Token::Symbol(",") => return Ok((owned, Test::Exists)),
            _ => {}
        }
        let test = match self.next() {
            Token::Word("in") => Test::In(self.values()?),
            Token::Word("notin") => Test::NotIn(self.values()?),
            Token::Symbol("=" | "==") => Test::In(vec![self.value()?]),
            Token::Symbol("!=") => Test::NotIn(vec![self.value()?]),
            Token::Symbol(">") => Test::Above(bound(&self.value()?)?),
            Token::Symbol("<") => Test::Below(bound(&self.value()?)?),
            other => return Err(format!("found '{}', expected: {OPERATORS}", literal(other))),
        };
        if let Test::In(values) | Test::NotIn(values) = &test {
            for (index, value) in values.iter().enumerate() {
                check_value(key, index, value)?;
            }
        }
        Ok((owned, test))
    }

    fn value(&mut self) -> Result<String, String> {
        match self.peek() {
            Token::End | Token::Symbol(",") => return Ok(String::new()),
            _ => {}
        }
        match self.next() {
            Token::Word(value) => Ok(value.to_owned()),
            other => Err(format!("found '{}', expected: identifier", literal(other))),
        }
    }

    /// `(a,b)`; an empty place between commas is the empty value.
    fn values(&mut self) -> Result<Vec<String>, String> {
        let open = self.next();
        if open != Token::Symbol("(") {
            return Err(format!("found '{}' expected: '('", literal(open)));
        }
        let mut values = Vec::new();
        loop {
            match self.peek() {
                Token::Word(value) => {
                    self.next();
                    values.push(value.to_owned());
                }
                Token::Symbol("," | ")") => values.push(String::new()),
                other if values.is_empty() => {
                    return Err(format!("found '{}', expected: ',', ')' or identifier", literal(other)));
                }
                other => return Err(format!("found '{}', expected: ',', or identifier", literal(other))),
            }
            match self.next() {
                Token::Symbol(",") => {}
                Token::Symbol(")") => {
                    values.sort();
                    values.dedup();
                    return Ok(values);
                }
                other => return Err(format!("found '{}', expected: ',' or ')'", literal(other))),
            }
        }
    }
}

fn bound(value: &str) -> Result<i64, String> {
    value.parse().map_err(|_| {
        format!(
            "values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
        )
    })
}

/// Whether the text may stand in a label's name or value: letters and digits at both ends, `-`, `_` and `.` between.
fn is_qualified(text: &str) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.iter().all(inner) && ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(|part| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    })
}

const NAME_RULE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const PREFIX_RULE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const VALUE_RULE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

fn check_key(key: &str) -> Result<(), String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if name.contains('/') {
        return Err(format!(
            "<nil>: Invalid value: \"{key}\": a valid label key {NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ));
    }
    let mut wrong = Vec::new();
    match prefix {
        Some("") => wrong.push("prefix part must be non-empty".to_owned()),
        Some(prefix) if prefix.len() > 253 => {
            wrong.push("prefix part must be no more than 253 bytes".to_owned());
        }
        Some(prefix) if !is_subdomain(prefix) => wrong.push(format!("prefix part {PREFIX_RULE}")),
        _ => {}
    }
    match name {
        "" => wrong.push("name part must be non-empty".to_owned()),
        name if name.len() > 63 => wrong.push("name part must be no more than 63 bytes".to_owned()),
        name if !is_qualified(name) => wrong.push(format!("name part {NAME_RULE}")),
        _ => {}
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("<nil>: Invalid value: \"{key}\": {}", wrong.join("; ")))
}

fn check_value(key: &str, index: usize, value: &str) -> Result<(), String> {
    let wrong = if value.len() > 63 {
        "must be no more than 63 bytes"
    } else if value.is_empty() || is_qualified(value) {
        return Ok(());
    } else {
        VALUE_RULE
    };
    Err(format!("values[{index}][{key}]: Invalid value: \"{value}\": {wrong}"))
}
