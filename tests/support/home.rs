//! The home folder of somebody who has nothing yet, and the program run in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_quarterdeck");

/// Longer than anything takes, even on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A home folder, which goes when it is dropped.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The environment of whoever lives there: a terminal of all colours, and no cluster.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let below = |name: &str| self.path().join(name).into_os_string();
        vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("HOME", self.path().into()),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_STATE_HOME", below("state")),
            ("USER", "anna".into()),
            ("TERM", "xterm-256color".into()),
            ("LC_ALL", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
        ]
    }

    /// Writes a file of the person's own.
    pub fn configure(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join("config/quarterdeck").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs the program without a terminal, and gives what came of it.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(self.variables()).current_dir(self.path()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let process = child.id();
        let (sender, ended) = mpsc::channel();
        std::thread::spawn(move || sender.send(child.wait_with_output()));
        match ended.recv_timeout(PATIENCE) {
            Ok(output) => Ended::of(output.unwrap()),
            Err(_) => {
                signal(process, "KILL");
                panic!("`{}` does not end: {:?}", arguments.join(" "), ended.recv());
            }
        }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Ended {
    pub status: Option<i32>,
    pub out: String,
    pub diagnostics: String,
}

impl Ended {
    fn of(output: std::process::Output) -> Ended {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { status: output.status.code(), out: text(output.stdout), diagnostics: text(output.stderr) }
    }

    /// Standard output, of a run that ended with that status.
    #[track_caller]
    pub fn with_status(self, status: i32) -> Ended {
        assert_eq!(self.status, Some(status), "{}\n{}", self.out, self.diagnostics);
        self
    }

    /// Whether standard error says so.
    #[track_caller]
    pub fn says(self, words: &str) -> Ended {
        assert!(self.diagnostics.contains(words), "`{words}` is not said:\n{}", self.diagnostics);
        self
    }
}

/// Sends a signal, by the shell's own `kill`.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {process}")).status().unwrap();
    assert!(sent.success(), "SIG{name} can't be sent to {process}");
}
