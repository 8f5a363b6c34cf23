//! The time by which files and images are too old.

use std::time::{Duration, SystemTime};

use thumbnailify_core::{Error, Result};

use super::{Reconciler, seconds};

impl Reconciler {
    /// The time since 1970 (UTC) by the clock of the records.
    ///
    /// # Errors
    /// Those of the status store, and `Broken` where the clock of this machine says something else: one of the two is
    /// wrong, and nobody knows what is old.
    pub(super) async fn time(&self) -> Result<Duration> {
        let told = self.ports.upkeep.status.now().await?;
        let own = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        agreed(told, own, seconds(self.config.clocks_apart_s))
    }
}

fn agreed(told: Duration, own: Duration, most: Duration) -> Result<Duration> {
    let apart = told.abs_diff(own);
    if apart <= most {
        return Ok(told);
    }
    let detail = format!(
        "the clock of this machine and that of the status store are {} s apart, more than \
         `reconcile.clocks_apart_s`: nothing is deleted for its age",
        apart.as_secs()
    );
    Err(Error::broken("clock", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(told_s: u64, own_s: u64, expected: bool) {
        let seconds = Duration::from_secs;
        let agreed = agreed(seconds(told_s), seconds(own_s), seconds(300));
        assert_eq!(agreed.ok(), expected.then_some(seconds(told_s)));
    }

    #[test]
    fn the_time_is_that_of_the_records_unless_the_clocks_are_far_apart() {
        check(10_000, 10_000, true);
        check(10_000, 10_300, true);
        check(10_300, 10_000, true);
        check(10_000, 10_301, false);
        check(10_301, 10_000, false);
        check(10_000, 0, false);
    }
}
