//! The unmodified kubectl on the embedded platform, wherever it is installed.

mod access;
mod applying;
mod nodes;
mod objects;
mod reading;
mod rollouts;
mod writing;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use quarterdeck::demo::{DemoOptions, DemoServer, DemoUser};
use serde_json::Value;
use tempfile::TempDir;

use super::client::{run, still};

/// The oldest minor version that has every command that is tried here.
const OLDEST: u64 = 28;

/// kubectl, and the platform that it drives.
pub struct Kubectl {
    program: PathBuf,
    server: DemoServer,
    folder: TempDir,
}

/// How a command ended.
pub struct Ended {
    code: Option<i32>,
    pub out: String,
    pub err: String,
    command: String,
}

/// kubectl on a new platform in which nothing happens by itself; `None`, and said, where it isn't installed or is too old.
pub fn kubectl(test: &str) -> Option<Kubectl> {
    let Some(program) = installed() else {
        println!("skipped: {test}: no kubectl of version 1.{OLDEST} or later is on the PATH");
        return None;
    };
    let server = run(DemoServer::start(DemoOptions { user: DemoUser::Admin, ..still() })).unwrap();
    let folder = tempfile::tempdir().unwrap();
    server.write_kubeconfig(folder.path()).unwrap();
    Some(Kubectl { program, server, folder })
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let program = std::env::split_paths(&path).map(|it| it.join("kubectl")).find(|it| it.is_file())?;
    let out = Command::new(&program).args(["version", "--client", "-o", "json"]).output().ok()?;
    let version: Value = serde_json::from_slice(&out.stdout).ok()?;
    let minor = version["clientVersion"]["minor"].as_str()?.trim_end_matches('+').parse::<u64>().ok()?;
    (minor >= OLDEST).then_some(program)
}

impl Kubectl {
    /// Lets kubectl come as another user from now on.
    pub fn come_as(&self, user: DemoUser) {
        let path = self.folder.path().join("demo-kubeconfig.yaml");
        std::fs::write(path, self.server.kubeconfig_for(user)).unwrap();
    }

    /// A file with this text, for commands that take one.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The command, not yet run; its arguments are parted by blanks.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(line.split_whitespace())
            .env("KUBECONFIG", self.folder.path().join("demo-kubeconfig.yaml"))
            .env("HOME", self.folder.path())
            .env_remove("KUBE_EDITOR")
            .stdin(Stdio::null());
        command
    }

    pub fn ended(&self, line: &str) -> Ended {
        Ended::of(line, self.command(line).output().unwrap())
    }

    /// What a command prints that has to succeed.
    pub fn run(&self, line: &str) -> String {
        self.ended(line).succeeded()
    }

    /// What a command with one more argument, which may have blanks, prints that has to succeed.
    pub fn run_with(&self, line: &str, argument: &str) -> String {
        Ended::of(line, self.command(line).arg(argument).output().unwrap()).succeeded()
    }

    /// What a command says that has to fail.
    pub fn refused(&self, line: &str) -> String {
        self.ended(line).failed()
    }

    pub fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} -o json"))).unwrap()
    }

    /// How a command ends that reads this on its standard input.
    pub fn piped(&self, line: &str, input: &str) -> Ended {
        let mut child = self
            .command(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ended::of(line, child.wait_with_output().unwrap())
    }
}

impl Ended {
    fn of(line: &str, output: Output) -> Ended {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let (out, err) = (text(output.stdout), text(output.stderr));
        Ended { code: output.status.code(), out, err, command: format!("kubectl {line}") }
    }

    pub fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}{}", self.command, self.out, self.err);
        self.out
    }

    pub fn failed(self) -> String {
        assert_ne!(self.code, Some(0), "{}\n{}", self.command, self.out);
        self.err
    }
}

/// Whether a text has all of these.
pub fn has_all(text: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(text.contains(part), "no {part} in:\n{text}");
    }
}

/// The words of a table's rows, without its head.
pub fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect()
}
