//! What the sandbox costs on top of the work of a handler: `just bench`.
//!
//! It is a program and not a statistic: each figure is the best and the median of many repeats. The goal is an
//! overhead of under 100 µs per job.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::env;
use std::error::Error;
use std::time::{Duration, Instant};

use bytes::Bytes;
use thumbnailify_bundle::HANDLERS;
use thumbnailify_host::sandbox::types::{Fit, Position, Request, Size};
use thumbnailify_host::sandbox::{
    Call, CompileCache, Compiler, ComponentBytes, Effort, Program, Sandbox, compile_here,
};
use thumbnailify_host::{CompileConfig, Limits};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

/// The handler that does nothing but what the interface asks for.
const SMALLEST: &[u8] = include_bytes!("../../tests/fixtures/handler-1.0.wasm");
/// Its smallest upload: one pixel.
const SMALLEST_UPLOAD: &[u8] = b"CLR1\x01\x01\xff\x00\x00";

/// The argument that makes this program the compiler.
const COMPILE: &str = "compile-handler";
const REPEATS: usize = 500;
const GOAL: Duration = Duration::from_micros(100);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let [_, COMPILE, memory_mib, cpu_s, effort] = words[..] {
        let (memory_mib, cpu_s) = (memory_mib.parse()?, cpu_s.parse()?);
        return Ok(compile_here(memory_mib, cpu_s, effort.parse()?)?);
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let measured = runtime.block_on(async {
        tokio::task::spawn_blocking(|| measure().map_err(|error| error.to_string())).await
    })?;
    Ok(measured?)
}

fn measure() -> Result<(), Box<dyn Error>> {
    let limits = Limits::default();
    let compiler = Compiler {
        program: env::current_exe()?,
        arguments: vec![COMPILE.into()],
        config: CompileConfig::default(),
    };
    let sandbox = Sandbox::new(1, limits.memory_mib, compiler, CompileCache::temporary()?)?;
    println!("{:<34} {:>10} {:>10}", "", "BEST", "MEDIAN");
    let mut smallest = None;
    for (name, component) in handlers() {
        let component = ComponentBytes::new(component);
        let program = sandbox.load(&component, Effort::Full)?;
        line(&format!("{name}: load, compiled before"), || {
            sandbox.load(&component, Effort::Full).map(drop)
        })?;
        line(&format!("{name}: start, describe, drop"), || {
            program.describe(&limits).map(drop)
        })?;
        smallest = Some(program);
    }
    let smallest = smallest.ok_or("there are handlers")?;
    let job = line("smallest: whole job of one pixel", || {
        render(&smallest, &limits)
    })?;
    let met = if job < GOAL { "met" } else { "MISSED" };
    println!("\ngoal of {} µs per job: {met}", GOAL.as_micros());
    Ok(())
}

fn handlers() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let built_in = HANDLERS
        .iter()
        .map(|handler| (handler.name, handler.component));
    built_in.chain([("smallest", SMALLEST)])
}

/// Times something, prints it and returns the median.
fn line<E>(name: &str, mut run: impl FnMut() -> Result<(), E>) -> Result<Duration, E> {
    let mut times = Vec::with_capacity(REPEATS);
    for _ in 0..REPEATS {
        let started = Instant::now();
        run()?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let (best, median) = (times[0], times[REPEATS / 2]);
    println!("{name:<34} {:>7} µs {:>7} µs", tenths(best), tenths(median));
    Ok(median)
}

/// Microseconds with one decimal place.
fn tenths(time: Duration) -> String {
    let tenths = (time.as_nanos() + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn render(program: &Program, limits: &Limits) -> Result<(), String> {
    let run = program.render(
        Call {
            source: Box::new(Bytes::from_static(SMALLEST_UPLOAD)),
            request: request(),
            cancel: CancellationToken::new(),
        },
        limits,
    );
    match run.answer {
        Ok(Ok(_picture)) => Ok(()),
        other => Err(format!("the smallest handler failed: {other:?}")),
    }
}

fn request() -> Request {
    Request {
        target: Size {
            width: 100,
            height: 100,
        },
        fit: Fit::Contain,
        media_type: "application/x-colour".into(),
        file_name: None,
        position: Position::Auto,
        max_frames: 1,
        params: Vec::new(),
    }
}
