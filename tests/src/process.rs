use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use thumbnailify_test_servers::pause;

use crate::Client;
use crate::stack::compile_cache;

/// How long the program may take to listen or to end. Nothing is expected to come near it.
const DEADLINE: Duration = Duration::from_secs(60);

/// The program as a process of its own, which can be killed. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a program in a folder. It inherits standard error, so that a failing test shows its log.
    #[must_use]
    pub fn start(program: &str, folder: &Path, arguments: &[&str]) -> Self {
        let mut command = command(program, folder, arguments);
        command.env("THUMBNAILIFY_LOG__FILTER", "warn");
        Self {
            child: command.spawn().unwrap(),
        }
    }

    /// Starts a program whose log goes into a file, as an object a line.
    #[must_use]
    pub fn start_logging(program: &str, folder: &Path, arguments: &[&str], log: File) -> Self {
        let mut command = command(program, folder, arguments);
        command.env("THUMBNAILIFY_LOG__FORMAT", "json").stderr(log);
        Self {
            child: command.spawn().unwrap(),
        }
    }

    /// Waits until the program says where it listens, and returns a client for it.
    ///
    /// # Panics
    /// The program ended, or does not listen within a minute.
    pub fn client(&mut self) -> Client {
        let output = self.child.stdout.take().unwrap();
        let (sender, receiver) = mpsc::channel();
        // A pipe cannot be read with a deadline, so a thread of its own reads.
        thread::spawn(move || {
            let line = BufReader::new(output).lines().next();
            // Nobody listens any more once the deadline is over.
            sender.send(line).ok();
        });
        let line = receiver
            .recv_timeout(DEADLINE)
            .expect("the program does not listen");
        let line = line.expect("the program ended before it listened").unwrap();
        let address = line.strip_prefix("listening on http://").unwrap();
        Client::new(address.parse::<SocketAddr>().unwrap())
    }

    /// The memory that the process has in use, in KiB.
    #[must_use]
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Stops the process in its tracks: its connections stay open and nothing answers once this
    /// returns.
    pub fn pause(&self) {
        pause(&self.child).unwrap();
    }

    /// Lets a paused process go on.
    pub fn resume(&self) {
        kill_process(Pid::from_child(&self.child), Signal::CONT).unwrap();
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process as a crash would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to end, and waits until it has.
    ///
    /// # Panics
    /// It has not within a minute.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the pause between two looks at a condition"
    )]
    pub fn terminate(mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the program does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn command(program: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["--cache".as_ref(), compile_cache().as_os_str()])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
