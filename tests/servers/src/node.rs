use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::pause::pause;
use crate::ready::Ready;

/// The pause between two looks at a process.
const INTERVAL: Duration = Duration::from_millis(5);

/// What there is to know to start a process, once or again.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// What is set beside the variables of this process.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// What to say when there is no such program.
    pub(crate) missing: String,
    /// Gets all that the process writes, one start after the other.
    pub(crate) log: PathBuf,
    pub(crate) ready: Ready,
    /// How long it may take until it is ready.
    pub(crate) start_limit: Duration,
}

/// A process that can be killed, paused, and started again on the same port and folder. Dropping it kills
/// the process.
///
/// It is in a process group of its own, so that Ctrl-C in a terminal reaches whoever started it, who then
/// ends the processes in the right order.
#[derive(Debug)]
pub struct Node {
    launch: Launch,
    child: Option<Child>,
}

impl Node {
    pub(crate) fn new(launch: Launch) -> Self {
        Self {
            launch,
            child: None,
        }
    }

    /// Starts the process. Blocks until it is ready.
    ///
    /// # Errors
    /// It runs already, the program is missing, or it is not ready in time; the error shows its log.
    pub fn start(&mut self) -> Result<()> {
        self.launch()?;
        self.wait_until_ready()
    }

    /// Starts the process and waits for nothing.
    ///
    /// # Errors
    /// It runs already, or the program is missing.
    pub fn launch(&mut self) -> Result<()> {
        ensure!(self.child.is_none(), "the process runs already");
        let Launch { log, missing, .. } = &self.launch;
        let log = File::options().create(true).append(true).open(log);
        let log = log.context("the log cannot be written")?;
        let child = Command::new(&self.launch.program)
            .args(&self.launch.arguments)
            .envs(self.launch.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn();
        self.child = Some(child.with_context(|| missing.clone())?);
        Ok(())
    }

    /// Sets a variable that the process gets from the next start on. An empty one is taken away.
    pub fn set_variable(&mut self, name: &'static str, value: &str) {
        let variables = &mut self.launch.variables;
        variables.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            variables.push((name, value.to_owned()));
        }
    }

    /// How the process ended by itself, once it has. From then on it can be started again.
    ///
    /// # Errors
    /// It does not run.
    pub fn end(&mut self) -> Result<Option<ExitStatus>> {
        let child = self.child.as_mut().context("the process does not run")?;
        let ended = child.try_wait()?;
        if ended.is_some() {
            self.child = None;
        }
        Ok(ended)
    }

    /// Blocks until the process is ready.
    ///
    /// # Errors
    /// It ended, or is not ready in time; the error shows its log.
    #[expect(clippy::disallowed_methods, reason = "a condition with a deadline")]
    pub fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + self.launch.start_limit;
        while !self.is_ready()? {
            ensure!(Instant::now() < deadline, self.never_ready());
            thread::sleep(INTERVAL);
        }
        Ok(())
    }

    /// Whether the process serves.
    ///
    /// # Errors
    /// It ended; the error shows its log.
    pub fn is_ready(&mut self) -> Result<bool> {
        ensure!(!self.has_ended()?, self.never_ready());
        Ok(self.launch.ready.holds())
    }

    fn never_ready(&self) -> String {
        let program = self.launch.program.display();
        let log = fs::read_to_string(&self.launch.log).unwrap_or_default();
        format!("{program} does not get ready:\n{log}")
    }

    /// Whether the process ended by itself, or was not started.
    ///
    /// # Errors
    /// The operating system does not say.
    pub fn has_ended(&mut self) -> Result<bool> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?.is_some()),
            None => Ok(true),
        }
    }

    /// The number of the process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Where the process writes its log.
    #[must_use]
    pub fn log(&self) -> &PathBuf {
        &self.launch.log
    }

    /// Ends the process as a crash would, with no chance to clean up.
    ///
    /// # Errors
    /// It does not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the process does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks the process to end, and blocks until it has.
    ///
    /// # Errors
    /// It does not run, or does not end within the limit; it is killed then.
    #[expect(clippy::disallowed_methods, reason = "a condition with a deadline")]
    pub fn terminate(&mut self, limit: Duration) -> Result<()> {
        ensure!(!self.has_ended()?, "the process ended by itself");
        self.signal(Signal::TERM)?;
        let deadline = Instant::now() + limit;
        while !self.has_ended()? {
            if Instant::now() > deadline {
                self.kill()?;
                bail!("{} was killed", self.launch.program.display());
            }
            thread::sleep(INTERVAL);
        }
        self.child = None;
        Ok(())
    }

    /// Stops the process in its tracks: its connections stay open and nothing answers.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&self) -> Result<()> {
        pause(self.child()?)
    }

    /// Lets a paused process go on.
    ///
    /// # Errors
    /// It does not run.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(self.child()?), signal)?;
        Ok(())
    }

    fn child(&self) -> Result<&Child> {
        self.child.as_ref().context("the process does not run")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.child.is_some() {
            // Nothing is left to do for a process that ended by itself.
            self.kill().ok();
        }
    }
}
