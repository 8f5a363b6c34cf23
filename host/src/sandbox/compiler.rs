use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use rustix::process::Signal;
use thumbnailify_core::LoadFaultKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::effort::Effort;
use crate::untrusted_text::one_line;
use crate::{CompileConfig, Error, Result};

/// What is read of the compiler's complaints.
const COMPLAINT_MAX_BYTES: u64 = 4 << 10;
const COMPLAINT_MAX_CHARS: usize = 500;

/// More threads make compiling hardly any quicker.
const THREADS_MAX: usize = 8;

/// Compiles components in a process of its own, which has limits.
///
/// A component may be made so that compiling it takes all memory or never ends, or so that the compiler
/// falls over; here that is the end of that process alone.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// The program that compiles, and what it is called with. It reads a component from standard input and
    /// writes machine code to standard output, by [`super::compile_here`].
    pub program: PathBuf,
    /// What comes before the limits of memory and CPU time, and the effort, on its command line.
    pub arguments: Vec<String>,
    /// What compiling may take.
    pub config: CompileConfig,
}

impl Compiler {
    /// Compiles a component into a file. Blocks: call it from a thread of tokio's that may wait.
    pub(super) fn compile(&self, wasm: &[u8], effort: Effort, into: File) -> Result<()> {
        let compiled = async {
            let mut child = self
                .start(effort, into)
                .map_err(Error::file(&self.program))?;
            let work = async {
                let complaint = feed_and_listen(&mut child, wasm).await;
                child.wait().await.map(|status| (status, complaint))
            };
            match timeout(self.config.deadline(), work).await {
                Ok(ended) => {
                    let (status, complaint) = ended.map_err(Error::file(&self.program))?;
                    self.judge(status, &complaint)
                }
                // The child is killed when it is dropped.
                Err(_elapsed) => Err(Error::HostFault(format!(
                    "this machine is too busy to compile it within {} s (`compile.deadline_s`)",
                    self.config.deadline_s
                ))),
            }
        };
        Handle::current().block_on(compiled)
    }

    fn start(&self, effort: Effort, into: File) -> io::Result<Child> {
        Command::new(&self.program)
            .args(&self.arguments)
            .arg(self.config.memory_mib.to_string())
            .arg(self.config.cpu_s.to_string())
            .arg(effort.as_str())
            .env_clear()
            // Each thread's arena takes 64 MiB of the address space, used or not.
            .env("MALLOC_ARENA_MAX", "4")
            .env(
                "RAYON_NUM_THREADS",
                THREADS_MAX.min(available_cores()).to_string(),
            )
            .stdin(Stdio::piped())
            .stdout(into)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    /// A process that cannot have more memory aborts itself; one that has used up its time gets a signal.
    fn judge(&self, status: ExitStatus, complaint: &str) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        let CompileConfig {
            memory_mib, cpu_s, ..
        } = self.config;
        let signal = status.signal();
        Err(not_compiled(if signal == Some(Signal::ABORT.as_raw()) {
            format!(
                "compiling it takes more than {memory_mib} MiB; make it smaller, or raise `compile.memory_mib`"
            )
        } else if signal == Some(Signal::XCPU.as_raw()) {
            format!(
                "compiling it takes more than {cpu_s} s of CPU time; make it smaller, or raise `compile.cpu_s`"
            )
        } else if let Some(signal) = signal {
            format!("it made the compiler fall over (signal {signal})")
        } else {
            format!("it cannot be compiled: {complaint}")
        }))
    }
}

/// Gives the component to the compiler while its complaints are read, so that neither waits for the other.
async fn feed_and_listen(child: &mut Child, wasm: &[u8]) -> String {
    let (input, complaints) = (child.stdin.take(), child.stderr.take());
    let feed = async {
        if let Some(mut input) = input {
            // A compiler that has seen enough does not read to the end; its exit tells the rest.
            let _ended_early = input.write_all(wasm).await;
        }
    };
    let ((), complaint) = tokio::join!(feed, listen(complaints));
    complaint
}

async fn listen(complaints: Option<ChildStderr>) -> String {
    let mut text = Vec::new();
    if let Some(complaints) = complaints {
        let _ended_early = complaints
            .take(COMPLAINT_MAX_BYTES)
            .read_to_end(&mut text)
            .await;
    }
    let text = String::from_utf8_lossy(&text);
    let text = text.trim();
    one_line(
        text.strip_prefix("error: ").unwrap_or(text),
        COMPLAINT_MAX_CHARS,
    )
}

fn available_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn not_compiled(reason: String) -> Error {
    Error::not_a_handler(LoadFaultKind::NotCompiled, reason)
}
