//! `just chaos`: load, faults, and whether every promise was kept. Its exit code is 0 if they were, 1 if one was broken,
//! and 2 if the run could not be made.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Result, ensure};
use clap::Parser;
use thumbnailify_chaos::{Chaos, Kind, Voice, run};
use thumbnailify_load::pacing::Interrupt;
use tokio::signal::unix::{SignalKind, signal};

/// The longest run.
const LONGEST_S: u64 = 86_400;
/// How long a system may take to come to rest.
const QUIET_WITHIN: Duration = Duration::from_mins(3);

/// Puts load on a system while its processes are killed and stopped at random.
#[derive(Debug, Parser)]
struct Options {
    /// What the faults are drawn from [default: from the time].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// For how many seconds, on each kind of backends.
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u64,
    /// Planned uploads per second.
    #[arg(long, default_value_t = 50.0, value_name = "N")]
    rate: f64,
    /// On which backends; one after the other.
    #[arg(long, value_enum, value_name = "KIND", default_values_t = [Kind::Embedded, Kind::Servers])]
    on: Vec<Kind>,
    /// The program.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "target/release/thumbnailify"
    )]
    program: PathBuf,
    /// The folder for everything that is kept, also after the end [default: a temporary one].
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Further flags of the program, after `--`.
    #[arg(last = true)]
    flags: Vec<OsString>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match try_run(Options::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // There is nobody to tell if this fails.
            writeln!(std::io::stderr(), "thumbnailify-chaos: {error:#}").ok();
            ExitCode::from(2)
        }
    }
}

/// Tells whether all promises were kept.
async fn try_run(options: Options) -> Result<bool> {
    let fits = (1..=LONGEST_S).contains(&options.seconds);
    ensure!(fits, "--seconds must be between 1 and {LONGEST_S}");
    thumbnailify_load::raise_open_files();
    let temporary = tempfile::tempdir()?;
    let folder = options
        .folder
        .unwrap_or_else(|| temporary.path().to_owned());
    let seed = options.seed.unwrap_or_else(seed_of_now);
    let interrupt = Interrupt::default();
    interrupt.listen();
    heed_termination(&interrupt)?;
    let mut is_good = true;
    for kind in options.on {
        writeln!(std::io::stdout(), "chaos on {kind:?} with --seed {seed}")?;
        let report = run(&Chaos {
            kind,
            program: std::path::absolute(&options.program)?,
            folder: std::path::absolute(folder.join(format!("{kind:?}").to_lowercase()))?,
            flags: options.flags.clone(),
            seed,
            time: Duration::from_secs(options.seconds),
            rate: options.rate,
            quiet_within: QUIET_WITHIN,
            voice: Voice::Loud,
            interrupt: interrupt.clone(),
        })
        .await?;
        writeln!(std::io::stdout(), "{report}\n")?;
        is_good &= report.is_good();
    }
    Ok(is_good)
}

/// Ends the run early at SIGTERM as well, so that no process is left behind.
fn heed_termination(interrupt: &Interrupt) -> Result<()> {
    let (mut terminated, interrupt) = (signal(SignalKind::terminate())?, interrupt.clone());
    tokio::spawn(async move {
        terminated.recv().await;
        interrupt.raise();
    });
    Ok(())
}

fn seed_of_now() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    since_1970.as_secs()
}
