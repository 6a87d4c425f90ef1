//! What the process in a container does, as far as its image and its command tell.

use k8s_pb::api::core::v1::{Container, LifecycleHandler};

use super::worker::Role;
use crate::demo::model::ImageFault;
use crate::demo::random::Random;

/// How a container ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Its exit code.
    pub code: i32,
    /// `Completed`, `Error` or `OOMKilled`.
    pub reason: &'static str,
}

impl End {
    /// The end of a process that ended by itself, or by a signal.
    pub fn with(code: i32) -> Self {
        End { code, reason: if code == 0 { "Completed" } else { "Error" } }
    }

    /// The end of a process that the kernel killed for its memory.
    pub const OUT_OF_MEMORY: End = End { code: 137, reason: "OOMKilled" };
}

/// What a process does. Times are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// How long after its start it answers; `None` where it never does.
    pub answers_after: Option<i64>,
    /// How long after its start it ends by itself, and how.
    pub ends: Option<(i64, End)>,
    /// How long it takes to end when it is asked to, and how; `None` where it has to be killed.
    pub heeds: Option<(i64, End)>,
}

/// Images whose own command is a shell, which ends at once without a terminal.
const SHELLS: [&str; 5] = ["busybox", "alpine", "debian", "ubuntu", "bash"];

/// What the process of a container does. The same container does the same each time, but for small differences from `random`.
pub fn program(
    container: &Container,
    role: Role,
    fault: Option<ImageFault>,
    endless: bool,
    random: &mut Random,
) -> Program {
    let usual = Program {
        answers_after: Some(random.between(700, 1_900)),
        ends: None,
        heeds: Some((random.between(150, 900), End::with(0))),
    };
    let once = matches!(role, Role::Init) || !endless;
    match fault {
        Some(ImageFault::Crash) => {
            return Program { ends: Some((9_000, End::with(1))), answers_after: None, ..usual };
        }
        Some(ImageFault::Stall) if role == Role::Init => return usual,
        _ => {}
    }
    let words: Vec<&str> = container.command.iter().chain(&container.args).map(String::as_str).collect();
    if let Some(script) = script(&words) {
        return script;
    }
    let image = container.image.as_deref().unwrap_or_default();
    if words.is_empty() && container.stdin != Some(true) && SHELLS.contains(&short_name(image)) {
        return Program { ends: Some((50, End::with(0))), ..usual };
    }
    match (role, once) {
        (Role::Init, _) => Program { ends: Some((random.between(1_000, 2_500), End::with(0))), ..usual },
        (Role::Main, true) => Program { ends: Some((random.between(8_000, 25_000), End::with(0))), ..usual },
        _ => usual,
    }
}

/// How long a hook takes, in milliseconds.
pub fn hook(handler: &LifecycleHandler) -> i64 {
    if let Some(sleep) = &handler.sleep {
        return sleep.seconds.unwrap_or(0) * 1_000;
    }
    let words: Vec<&str> = handler.exec.iter().flat_map(|exec| &exec.command).map(String::as_str).collect();
    script(&words).and_then(|script| script.ends).map_or(100, |(after, _)| after)
}

/// The last part of an image's path, without its tag.
fn short_name(image: &str) -> &str {
    let path = image.split('@').next().unwrap_or(image);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(':').next().unwrap_or(name)
}

/// What a command does that is nothing but waiting, saying something, and ending; `None` for any other.
fn script(words: &[&str]) -> Option<Program> {
    let (command, rest) = words.split_first()?;
    let name = command.rsplit('/').next().unwrap_or(command);
    let line = match (name, rest) {
        ("sh" | "bash" | "ash", [flag, line, ..]) if flag.starts_with('-') && flag.ends_with('c') => {
            (*line).to_owned()
        }
        _ => words.join(" "),
    };
    let (mut after, mut code, mut understood) = (50_i64, 0, false);
    for step in line.split([';', '\n', '&']).map(str::trim).filter(|step| !step.is_empty()) {
        let mut parts = step.split_whitespace();
        let (verb, argument) = (parts.next().unwrap_or_default(), parts.next());
        match verb.rsplit('/').next().unwrap_or(verb) {
            "sleep" => match argument {
                Some("infinity" | "inf") => return Some(deaf(None)),
                seconds => after += seconds.and_then(duration)?,
            },
            "exit" => {
                code = argument.and_then(|it| it.parse().ok()).unwrap_or(code);
                understood = true;
                break;
            }
            "false" => code = 1,
            "true" | "echo" | "date" | "hostname" | "env" | "printenv" | "pwd" | "printf" | "uname" => {
                code = 0
            }
            "tail" if step.contains("-f") => return Some(deaf(None)),
            _ => return None,
        }
        understood = true;
    }
    understood.then(|| deaf(Some((after, End::with(code)))))
}

/// The first process of a container doesn't end for a signal that it has no handler for.
fn deaf(ends: Option<(i64, End)>) -> Program {
    Program { answers_after: Some(0), ends, heeds: None }
}

fn duration(text: &str) -> Option<i64> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.chars().last().unwrap_or('s')),
        None => (text, 's'),
    };
    let scale = match unit {
        'm' => 60_000.0,
        'h' => 3_600_000.0,
        _ => 1_000.0,
    };
    number.parse::<f64>().ok().map(|number| (number * scale) as i64)
}
