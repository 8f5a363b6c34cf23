//! I6: an image is run no more often than its budget and the lost workers allow.

use super::Bounds;
use crate::image::Image;
use crate::{Findings, Invariant};

pub(super) fn check(image: &Image<'_>, bounds: &Bounds, findings: &mut Findings) {
    let entries = || image.entries.iter();
    let attempts = entries().filter_map(|entry| entry.attempts).max();
    if let Some(attempts) = attempts.filter(|attempts| *attempts > bounds.attempts) {
        let detail = format!("it had {attempts} attempts of {}", bounds.attempts);
        findings.add(Invariant::Runs, image.id, detail);
    }
    let runs = entries().filter_map(|entry| entry.runs).max();
    let retries = u32::try_from(image.of("retry").count()).unwrap_or(u32::MAX);
    let budget = bounds.attempts.saturating_mul(retries.saturating_add(1));
    let most = budget.saturating_add(bounds.lost_workers);
    if let Some(runs) = runs.filter(|runs| *runs > most) {
        let detail = format!("it was run {runs} times, and {most} times at most are allowed");
        findings.add(Invariant::Runs, image.id, detail);
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{retry, status, upload};
    use crate::{Bounds, Entry, Invariant, check};

    fn broken(log: &[Entry<'_>], attempts: u32, lost_workers: u32) -> u64 {
        let bounds = Bounds {
            attempts,
            lost_workers,
        };
        check(log, &bounds).broken(Invariant::Runs)
    }

    fn run(runs: u32) -> [Entry<'static>; 2] {
        let told = Entry {
            runs: Some(runs),
            ..status(5, "Error", 9)
        };
        [upload(0), told]
    }

    #[test]
    fn runs_are_bounded_by_the_budget_and_the_lost_workers() {
        assert_eq!(broken(&run(3), 2, 1), 0);
        assert_eq!(broken(&run(4), 2, 1), 1);
        let retried = [&run(4)[..], &[retry(6, 10), status(7, "Error", 10)]].concat();
        assert_eq!(broken(&retried, 2, 0), 0);
    }

    #[test]
    fn attempts_are_bounded_by_the_budget() {
        let told = Entry {
            attempts: Some(3),
            ..status(5, "Error", 9)
        };
        assert_eq!(broken(&[upload(0), told.clone()], 3, 0), 0);
        assert_eq!(broken(&[upload(0), told], 2, 5), 1);
    }
}
