//! A program in a pseudo-terminal, and what stands on its screen.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::{Parser, Screen};

use crate::support::home::{Home, PATIENCE, PROGRAM};

/// A running program. It is killed when the test drops it.
pub struct Program {
    parser: Parser,
    output: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    /// What the line discipline was before the program began.
    line: String,
}

impl Program {
    /// The console with these arguments, in a window of so many columns and rows.
    pub fn start(home: &Home, size: (u16, u16), arguments: &[&str]) -> Program {
        Program::run(home, size, PROGRAM, arguments)
    }

    /// The console on the embedded platform.
    pub fn demo(home: &Home, size: (u16, u16)) -> Program {
        Program::start(home, size, &["--demo"])
    }

    /// A script of the shell, which finds the console as `$QUARTERDECK`.
    pub fn shell(home: &Home, size: (u16, u16), script: &str) -> Program {
        Program::run(home, size, "sh", &["-c", script])
    }

    pub fn run(home: &Home, size: (u16, u16), program: &str, arguments: &[&str]) -> Program {
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        command.env("QUARTERDECK", PROGRAM);
        command.cwd(home.path());
        let line = line_discipline(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        // The reader sees the end only when nobody else holds the other side.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let parser = Parser::new(size.1, size.0, 0);
        Program { parser, output, keys, master: pair.master, child, line }
    }

    /// What stands on the screen.
    pub fn screen(&self) -> &Screen {
        self.parser.screen()
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Gives the window another size.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.parser.screen_mut().set_size(size.1, size.0);
        self.master.resize(pty_size(size)).unwrap();
    }

    /// The process in the terminal's foreground.
    pub fn foreground(&self) -> u32 {
        self.master.process_group_leader().unwrap().try_into().unwrap()
    }

    /// The process that was started.
    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the screen is so.
    #[track_caller]
    pub fn until(&mut self, what: &str, condition: impl Fn(&Screen) -> bool) -> &mut Program {
        let deadline = Instant::now() + PATIENCE;
        while !condition(self.parser.screen()) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Timeout) => self.fail(what, "in time"),
                Err(RecvTimeoutError::Disconnected) => self.fail(what, "before the program ended"),
            }
        }
        self
    }

    /// Waits until the screen shows these words.
    #[track_caller]
    pub fn shows(&mut self, words: &str) -> &mut Program {
        self.until(&format!("`{words}`"), |screen| screen.contents().contains(words))
    }

    /// Waits for the end of the program, and of everything that it has written.
    #[track_caller]
    pub fn ends(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Timeout) => self.fail("the end", "in time"),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
            }
        }
    }

    /// Checks that the terminal is as it was before the program began.
    #[track_caller]
    pub fn gave_the_terminal_back(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left on:\n{}", screen.contents());
        assert!(!screen.hide_cursor(), "the cursor is left hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is left on");
        assert_eq!(line_discipline(&*self.master), self.line, "the line discipline is another one");
    }

    #[track_caller]
    fn fail(&self, what: &str, when: &str) -> ! {
        let (columns, rows) = (self.screen().size().1, self.screen().size().0);
        panic!(
            "{what} did not come {when}; the last screen, {columns}x{rows}:\n{}",
            self.screen().contents()
        );
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, as a rule.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pty_size((columns, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn line_discipline(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().unwrap())
}
