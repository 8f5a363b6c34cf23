use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use thumbnailify_invariants::{Bounds, Findings, check, read_log};
use thumbnailify_load::journal::Journal;
use thumbnailify_load::journey::JourneyConfig;
use thumbnailify_load::modes::{EventfulMode, Run};
use thumbnailify_load::pacing::{Arrivals, Interrupt, Load, Plan};
use thumbnailify_load::pictures::{Mix, MixName};
use thumbnailify_load::target::{ApiAddress, Reach};
use thumbnailify_load::witness::Witness;
use tokio::task::block_in_place;
use tokio::time::sleep_until;

use crate::injector::{Injected, inject};
use crate::report::Report;
use crate::system::{Kind, System};

/// How many journeys may be on their way. One more is not started.
const IN_FLIGHT: usize = 4_096;
/// How long an answer may take. Longer than the API lets any request wait that was not asked to.
const PATIENCE: Duration = Duration::from_secs(15);
/// The pause between two looks at what is left.
const PAUSE: Duration = Duration::from_millis(500);

/// A run.
#[derive(Clone, Debug)]
pub struct Chaos {
    /// On which backends.
    pub kind: Kind,
    /// The program `thumbnailify`.
    pub program: PathBuf,
    /// Where everything is kept, the log of what was seen among it.
    pub folder: PathBuf,
    /// Further flags of the program.
    pub flags: Vec<OsString>,
    /// What the faults are drawn from.
    pub seed: u64,
    /// For how long there is load and are faults.
    pub time: Duration,
    /// Planned uploads per second.
    pub rate: f64,
    /// How long it may take after that until all is quiet and nothing is left behind.
    pub quiet_within: Duration,
    /// Whether each fault is told on standard error.
    pub voice: Voice,
    /// Ends the run early.
    pub interrupt: Interrupt,
}

/// Whether a run says what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Voice {
    /// A line for each fault.
    Loud,
    /// None.
    Quiet,
}

/// Starts a system, puts load on it while it is hit, waits until all is quiet, and checks what was seen.
///
/// Wants a runtime of several threads.
///
/// # Errors
/// The system cannot be started, or a process ended by itself. What it does wrong is in the report.
pub async fn run(chaos: &Chaos) -> Result<Report> {
    let folder = chaos.folder.clone();
    let start = || System::start(chaos.kind, chaos.program.clone(), &folder, &chaos.flags);
    let mut system = block_in_place(start).context("the system does not start")?;
    let log = folder.join("seen.log");
    let journal = Journal::in_file(&log)?;
    let target = ApiAddress::parse(system.url(), Reach::Loopback)?;
    let witness = Witness::new(&target, &journal, PATIENCE);

    let until = Instant::now() + chaos.time;
    let (mode, load) = load(chaos, target, journal.clone())?;
    let driven = tokio::spawn(async move { mode.run(&load).await });
    let (seed, interrupt, voice) = (chaos.seed, &chaos.interrupt, chaos.voice);
    let injected = inject(&mut system, &witness, seed, until, interrupt, voice).await;
    driven.await??;
    let injected = injected?;

    let flaws = quiet(&witness, &journal, &log, system.media(), chaos.quiet_within).await?;
    drop(witness);
    block_in_place(|| journal.close())?;
    let findings = block_in_place(|| findings(&log, &injected, flaws))?;
    Ok(Report {
        chaos: chaos.clone(),
        injected,
        findings,
    })
}

fn load(chaos: &Chaos, target: ApiAddress, journal: Journal) -> Result<(EventfulMode, Run)> {
    let mode = EventfulMode {
        target,
        mix: Mix::new(MixName::Tiny)?,
        journey: JourneyConfig {
            patience: PATIENCE,
            ..JourneyConfig::default()
        },
    };
    let plan = Plan {
        rate: chaos.rate,
        arrivals: Arrivals::Poisson,
        seconds: chaos.time.as_secs_f64(),
        count: u64::MAX,
        seed: chaos.seed,
    };
    let load = Load::Open {
        plan,
        in_flight: IN_FLIGHT,
    };
    let run = Run {
        journal,
        interrupt: chaos.interrupt.clone(),
        ..Run::quiet(load)
    };
    Ok((mode, run))
}

/// Follows every accepted image to its end and waits until nothing is left behind. Returns what is, when the time is
/// over.
async fn quiet(
    witness: &Witness,
    journal: &Journal,
    log: &Path,
    media: &Path,
    within: Duration,
) -> Result<Vec<String>> {
    let deadline = Instant::now() + within;
    let flaws = loop {
        let remains = witness.remains(media).await;
        let flaws = match remains {
            Ok(remains) => remains.flaws(),
            Err(error) => vec![format!("{error:#}")],
        };
        if flaws.is_empty() || Instant::now() >= deadline {
            break flaws;
        }
        sleep_until((Instant::now() + PAUSE).into()).await;
    };
    // Those of which nothing was heard for long, and those that are gone as well: they must stay away.
    let log = block_in_place(|| {
        journal.flush()?;
        read_log(log)
    })?;
    let accepted = log.iter().filter(|entry| entry.operation == "upload");
    let accepted = accepted.filter(|entry| entry.code == Some(202));
    let ids = accepted.filter_map(|entry| entry.media_id.as_deref());
    let ids: Vec<_> = ids.map(str::to_owned).collect();
    witness.see_out(&ids, deadline).await;
    Ok(flaws)
}

fn findings(log: &Path, injected: &Injected, flaws: Vec<String>) -> Result<Findings> {
    let bounds = Bounds {
        lost_workers: injected.lost_workers(),
        ..Bounds::default()
    };
    let mut findings = check(&read_log(log)?, &bounds);
    findings.add_remains(flaws);
    Ok(findings)
}
