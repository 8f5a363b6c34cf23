use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{
    HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView,
};

use super::bindings::{log, types_interface};
use super::blob::ReadBudget;
use super::memory_meter::MemoryMeter;
use crate::Limits;
use crate::untrusted_text::one_line;

/// What of a line is kept.
const LOG_LINE_MAX_CHARS: usize = 1_000;
/// What of a guest's standard error stream is kept.
const STDERR_MAX_BYTES: usize = 16 << 10;
/// Handles that a guest may hold at once; ours needs one, an interpreter's WASI a handful.
const HANDLES_MAX: usize = 64;
/// Random bytes that a guest gets in one call.
const RANDOM_MAX_BYTES: u64 = 64 << 10;

/// A line that a guest wrote to its log.
#[derive(Clone, PartialEq, Debug)]
pub struct LogLine {
    /// How much it matters.
    pub level: tracing::Level,
    /// What it says; untrusted text.
    pub message: String,
}

/// Everything that belongs to one call of a guest and ends with it.
pub(super) struct Guest {
    pub(super) table: ResourceTable,
    pub(super) memory: MemoryMeter,
    pub(super) reads: ReadBudget,
    pub(super) log: Vec<LogLine>,
    log_lines_max: usize,
    stderr: MemoryOutputPipe,
    wasi: WasiCtx,
}

impl Guest {
    pub(super) fn new(limits: &Limits) -> Self {
        let stderr = MemoryOutputPipe::new(STDERR_MAX_BYTES);
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES_MAX);
        Self {
            table,
            memory: MemoryMeter::new(limits.memory_bytes()),
            reads: ReadBudget {
                bytes: u64::from(limits.read_mib) << 20,
                calls: limits.read_calls,
                waited: Duration::ZERO,
            },
            log: Vec::new(),
            log_lines_max: usize::try_from(limits.log_lines).unwrap_or(usize::MAX),
            wasi: no_capabilities(&stderr),
            stderr,
        }
    }

    /// What the guest said last before it fell over: the panic message of a Rust guest arrives as an error
    /// in the log, the traceback of an interpreter on its standard error stream.
    pub(super) fn last_words(&self) -> Option<String> {
        let logged = self
            .log
            .iter()
            .rfind(|line| line.level == tracing::Level::ERROR);
        let printed = || {
            let bytes = self.stderr.contents();
            let text = String::from_utf8_lossy(&bytes);
            text.lines()
                .rfind(|line| !line.trim().is_empty())
                .map(|line| one_line(line, LOG_LINE_MAX_CHARS))
        };
        logged.map(|line| line.message.clone()).or_else(printed)
    }
}

/// The message of a Rust panic without the source file that it happened in, which is a path of the machine
/// that built the handler.
fn without_place(message: &str) -> &str {
    match message.split_once('\n') {
        Some((place, words)) if place.starts_with("panicked at ") => words,
        _ => message,
    }
}

/// WASI as interpreters expect it to be there, with nothing behind it: no folders, no environment, no
/// arguments, no network, no time; standard error goes into a bounded buffer.
fn no_capabilities(stderr: &MemoryOutputPipe) -> WasiCtx {
    let mut builder = WasiCtxBuilder::new();
    builder
        .stderr(stderr.clone())
        .allow_tcp(false)
        .allow_udp(false);
    builder
        .wall_clock(StoppedClock)
        .monotonic_clock(StoppedClock);
    builder.max_random_size(RANDOM_MAX_BYTES);
    builder.build()
}

/// It is always the start of 1970, so that a guest can neither measure the host nor depend on the day.
struct StoppedClock;

impl HostWallClock for StoppedClock {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

impl HostMonotonicClock for StoppedClock {
    fn resolution(&self) -> u64 {
        1_000_000_000
    }

    fn now(&self) -> u64 {
        0
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl types_interface::Host for Guest {}

impl log::Host for Guest {
    fn log(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => tracing::Level::DEBUG,
            log::Level::Info => tracing::Level::INFO,
            log::Level::Warn => tracing::Level::WARN,
            log::Level::Error => tracing::Level::ERROR,
        };
        let line = LogLine {
            level,
            message: one_line(without_place(&message), LOG_LINE_MAX_CHARS),
        };
        // The last place is kept for the newest line, which says most about a fall.
        if self.log.len() == self.log_lines_max {
            self.log.pop();
        }
        if self.log.len() < self.log_lines_max {
            self.log.push(line);
        }
        Ok(())
    }
}
