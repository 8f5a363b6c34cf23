//! What thumbnails cost, beside libvips and Pillow: `just bench`.
//!
//! For each picture all take turns in one run: the handler in the sandbox, the same handler as native code, and
//! the two libraries in a process of their own. What counts is the CPU time from the bytes of the upload to the
//! bytes of the thumbnail. It is a program and not a statistic: the figures are medians.
//!
//! ```sh
//! cargo bench -p thumbnailify-host --bench pictures -- --component jpeg=my-jpeg.wasm jpeg
//! ```

#![expect(
    clippy::print_stdout,
    reason = "the tables are what the program is for"
)]

mod arguments;
mod cases;

mod finish;
mod native;
mod peers;
mod sandboxed;

mod measure;
mod quality;

mod goals;
mod machine;
mod table;

use std::env;

use anyhow::{Context, Error, Result};
use thumbnailify_host::sandbox::compile_here;
use tokio::runtime::Builder;

use arguments::Arguments;
use measure::Bench;

/// The argument that makes this program the compiler.
const COMPILE: &str = "compile-handler";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let [COMPILE, memory_mib, cpu_s, effort] = words[..] {
        let (memory_mib, cpu_s) = (memory_mib.parse()?, cpu_s.parse()?);
        let effort = effort.parse().map_err(Error::msg)?;
        return Ok(compile_here(memory_mib, cpu_s, effort)?);
    }
    let arguments = Arguments::parse(&words)?;
    // A handler is called from a thread of tokio's that may wait.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let measured = tokio::task::spawn_blocking(move || compare(&arguments));
        measured.await.context("measuring panicked")?
    })
}

fn compare(arguments: &Arguments) -> Result<()> {
    let mut bench = Bench::start(arguments)?;
    println!("{}\n", machine::description(&bench.versions()?));
    println!("{}", table::HEAD);
    let mut rows = Vec::new();
    for case in arguments.cases() {
        let row = bench
            .measure(case)
            .with_context(|| case.name().to_owned())?;
        println!("{}", table::line(&row));
        rows.push(row);
    }
    println!("\n{}", goals::HEAD);
    for line in goals::lines(&rows) {
        println!("{line}");
    }
    Ok(())
}
