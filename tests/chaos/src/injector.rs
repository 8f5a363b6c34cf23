//! Hits a system round by round, and measures how soon it works again.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use thumbnailify_load::pacing::Interrupt;
use thumbnailify_load::pictures::Sample;
use thumbnailify_load::tally::Latencies;
use thumbnailify_load::witness::{Sight, Witness};
use tokio::task::block_in_place;
use tokio::time::sleep_until;

use crate::fault::Fault;
use crate::plan::{Round, rounds};
use crate::run::Voice;
use crate::system::System;

/// The pause between two tries of the image that shows that work flows again.
const PAUSE: Duration = Duration::from_millis(20);
/// How long it may take. Nothing is expected to come near it.
const RECOVERY_LIMIT: Duration = Duration::from_secs(60);

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Injected {
    /// How often what was done to which process.
    pub(crate) faults: BTreeMap<(String, Fault), u64>,
    /// From the return of what was away until an image that was uploaded after it was completed.
    pub(crate) recoveries: Latencies,
    /// How often that took too long.
    pub(crate) never: u64,
}

impl Injected {
    pub(crate) fn count(&self) -> u64 {
        self.faults.values().sum()
    }

    /// How often a worker was lost for a while, with whatever it ran, or could not reach its servers.
    pub(crate) fn lost_workers(&self) -> u32 {
        u32::try_from(self.count()).unwrap_or(u32::MAX)
    }
}

/// Hits a system until a time, round by round. In the end everything runs.
///
/// # Errors
/// A process ended by itself, or cannot be hit.
pub(crate) async fn inject(
    system: &mut System,
    witness: &Witness,
    seed: u64,
    until: Instant,
    interrupt: &Interrupt,
    voice: Voice,
) -> Result<Injected> {
    let mut injected = Injected::default();
    let processes = system.processes().len();
    for round in rounds(seed, processes) {
        sleep_until((Instant::now() + round.calm).into()).await;
        if Instant::now() + round.outage >= until || interrupt.is_raised() {
            break;
        }
        let names = strike(system, &round).await?;
        let returned = Instant::now();
        let recovered = recover(witness, returned).await;
        if let Some(name) = block_in_place(|| system.ended())? {
            bail!("{name} ended by itself; its log says why");
        }
        if voice == Voice::Loud {
            tell(&names, &round, recovered);
        }
        for (name, (_, fault)) in names.into_iter().zip(&round.faults) {
            *injected.faults.entry((name, *fault)).or_default() += 1;
        }
        match recovered {
            Some(time) => injected.recoveries.record(time),
            None => injected.never += 1,
        }
    }
    Ok(injected)
}

/// Does all of a round, leaves it so for a while, and undoes it.
async fn strike(system: &mut System, round: &Round) -> Result<Vec<String>> {
    let hit = |(process, fault): &(usize, Fault)| system.hit(*process, *fault);
    let names = block_in_place(|| round.faults.iter().map(hit).collect::<Result<Vec<_>>>())?;
    sleep_until((Instant::now() + round.outage).into()).await;
    for (process, fault) in &round.faults {
        block_in_place(|| system.heal(*process, *fault))?;
    }
    Ok(names)
}

/// Uploads an image and waits until it is completed. Returns how long that took from the return on.
async fn recover(witness: &Witness, returned: Instant) -> Option<Duration> {
    let sample = Sample::tiny_png().ok()?;
    let mut id = None;
    while returned.elapsed() < RECOVERY_LIMIT {
        match &id {
            None => id = witness.upload(&sample).await,
            Some(id) => {
                if witness.look(id).await == Sight::Completed {
                    return Some(returned.elapsed());
                }
            }
        }
        sleep_until((Instant::now() + PAUSE).into()).await;
    }
    None
}

fn tell(names: &[String], round: &Round, recovered: Option<Duration>) {
    let faults = names.iter().zip(&round.faults);
    let faults = faults.map(|(name, (_, fault))| format!("{name} {fault}"));
    let faults: Vec<_> = faults.collect();
    let recovered = recovered.map_or("NOT in time".to_owned(), |time| {
        format!("after {} ms", time.as_millis())
    });
    let line = format!(
        "{} for {} ms; work flows again {recovered}",
        faults.join(", "),
        round.outage.as_millis(),
    );
    // A run goes on without its progress.
    writeln!(std::io::stderr(), "{line}").ok();
}
