//! Whether a text is a schedule: five fields, or one of the words for usual ones.

/// The words for usual schedules.
const WORDS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// The least and the greatest number of each field, and the names that stand for some.
const FIELDS: [(u32, u32, &[&str]); 5] = [
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// Reads a schedule.
///
/// # Errors
/// What is wrong with it, as the server says it.
pub fn parse(schedule: &str) -> Result<(), String> {
    if schedule.starts_with('@') {
        let every = schedule.strip_prefix("@every ").is_some_and(|text| !text.trim().is_empty());
        return match every || WORDS.contains(&schedule) {
            true => Ok(()),
            false => Err(format!("unrecognized descriptor: {schedule}")),
        };
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
    }
    for (field, (least, most, names)) in fields.iter().zip(FIELDS) {
        for part in field.split(',') {
            check_part(part, least, most, names)?;
        }
    }
    Ok(())
}

/// Checks `*`, `?`, a number, a range, or one of them with a step.
fn check_part(part: &str, least: u32, most: u32, names: &[&str]) -> Result<(), String> {
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    if let Some(step) = step {
        if step.contains('/') {
            return Err(format!("too many slashes: {part}"));
        }
        if number(step, &[], 0)? == 0 {
            return Err(format!("step of range should be a positive number: {part}"));
        }
    }
    if range == "*" || range == "?" {
        return Ok(());
    }
    let (from, to) = range.split_once('-').map_or((range, None), |(from, to)| (from, Some(to)));
    let start = number(from, names, least)?;
    let end = match to {
        Some(to) if to.contains('-') => return Err(format!("too many hyphens: {part}")),
        Some(to) => number(to, names, least)?,
        None => start,
    };
    if start < least {
        return Err(format!("beginning of range ({start}) below minimum ({least}): {part}"));
    }
    if end > most {
        return Err(format!("end of range ({end}) above maximum ({most}): {part}"));
    }
    if start > end {
        return Err(format!("beginning of range ({start}) beyond end of range ({end}): {part}"));
    }
    Ok(())
}

fn number(text: &str, names: &[&str], first: u32) -> Result<u32, String> {
    if let Some(position) = names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(u32::try_from(position).unwrap_or(0) + first);
    }
    match text.strip_prefix('-') {
        Some(digits) if digits.parse::<u32>().is_ok() => {
            Err(format!("negative number ({text}) not allowed: {text}"))
        }
        _ => text.parse().map_err(|_| {
            format!("failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax")
        }),
    }
}
