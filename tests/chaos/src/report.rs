use std::fmt;
use std::time::Duration;

use thumbnailify_invariants::Findings;

use crate::injector::Injected;
use crate::run::Chaos;

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    pub(crate) chaos: Chaos,
    pub(crate) injected: Injected,
    /// What the check found.
    pub findings: Findings,
}

impl Report {
    /// Whether every promise was kept and work flowed again after each outage.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.is_good() && self.injected.never == 0
    }

    /// How many faults there were.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.injected.count()
    }

    /// The recovery time that this share (0 to 1) of the outages did not exceed.
    #[must_use]
    pub fn recovery(&self, share: f64) -> Duration {
        self.injected.recoveries.at(share)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Chaos {
            kind,
            seed,
            time,
            rate,
            ..
        } = &self.chaos;
        writeln!(
            formatter,
            "chaos on {kind:?}, seed {seed}: {} s at {rate} uploads/s, {} faults",
            time.as_secs(),
            self.faults()
        )?;
        for ((name, fault), count) in &self.injected.faults {
            writeln!(formatter, "    {name:<10}{fault} {count} times")?;
        }
        let ms = |share| self.recovery(share).as_millis();
        writeln!(
            formatter,
            "recovery of {} outages, from the return until an image uploaded after it is completed: p50 {} ms, \
             p99 {} ms, longest {} ms; {} not within a minute",
            self.injected.recoveries.count(),
            ms(0.5),
            ms(0.99),
            self.injected.recoveries.max().as_millis(),
            self.injected.never
        )?;
        write!(formatter, "{}", self.findings)
    }
}
