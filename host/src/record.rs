use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thumbnailify_core::{FaultKind, HandlerCounters};

/// What a handler did so far: counts for people, and the newest runs for judging it.
#[derive(Debug, Default)]
pub(crate) struct Record {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    counters: HandlerCounters,
    newest: VecDeque<JudgedRun>,
}

/// A run as the judge sees it.
#[derive(Debug)]
struct JudgedRun {
    upload: String,
    crashed: bool,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// With a picture.
    Completed,
    /// With the handler's own word that there is none.
    Refused,
    /// By the handler's fault.
    Faulted(FaultKind),
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct EndedRun<'a> {
    /// Which upload it was, so that the same one is not held against the handler twice.
    pub(crate) upload: &'a str,
    pub(crate) ended: Ended,
    pub(crate) duration: Duration,
    pub(crate) peak_memory_bytes: u64,
}

impl Record {
    /// Counts a run, and tells whether most of the newest `judged_runs` crashed.
    pub(crate) fn add(&self, run: &EndedRun<'_>, judged_runs: u32) -> bool {
        let mut inner = self.inner();
        inner.count(run);
        let most = usize::try_from(judged_runs).unwrap_or(usize::MAX);
        inner.judge(run, most)
    }

    /// Counts an upload that the handler is kept away from, because it crashed on it before. It is no run.
    pub(crate) fn count_kept_away(&self) {
        let faults = &mut self.inner().counters.faults;
        *faults.entry(FaultKind::Quarantined).or_default() += 1;
    }

    pub(crate) fn counters(&self) -> HandlerCounters {
        self.inner().counters.clone()
    }

    /// Forgets the newest runs, so that a handler that comes back into service starts without blame.
    pub(crate) fn pardon(&self) {
        self.inner().newest.clear();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Each change is whole by itself, so a panic elsewhere leaves nothing half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn count(&mut self, run: &EndedRun<'_>) {
        let counters = &mut self.counters;
        counters.jobs += 1;
        match run.ended {
            Ended::Completed => counters.completed += 1,
            Ended::Refused => counters.errors += 1,
            Ended::Faulted(kind) => *counters.faults.entry(kind).or_default() += 1,
        }
        let duration_us = u64::try_from(run.duration.as_micros()).unwrap_or(u64::MAX);
        counters.durations.record(duration_us);
        counters.peak_memory_bytes = counters.peak_memory_bytes.max(run.peak_memory_bytes);
    }

    /// Half of the runs that are looked at must be there before there is a verdict.
    fn judge(&mut self, run: &EndedRun<'_>, most: usize) -> bool {
        if most == 0 {
            return false;
        }
        self.newest.retain(|other| other.upload != run.upload);
        let crashed = matches!(run.ended, Ended::Faulted(kind) if kind.is_crash());
        self.newest.push_back(JudgedRun {
            upload: run.upload.to_owned(),
            crashed,
        });
        if self.newest.len() > most {
            self.newest.pop_front();
        }
        let crashes = self.newest.iter().filter(|run| run.crashed).count();
        crashed && self.newest.len() >= most.div_ceil(2) && crashes * 2 > self.newest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(record: &Record, upload: &str, ended: Ended) -> bool {
        let run = EndedRun {
            upload,
            ended,
            duration: Duration::from_millis(5),
            peak_memory_bytes: 1 << 20,
        };
        record.add(&run, 8)
    }

    const CRASHED: Ended = Ended::Faulted(FaultKind::Panicked);

    #[test]
    fn a_handler_that_crashes_on_most_uploads_is_found_guilty() {
        let record = Record::default();
        assert!(!add(&record, "a", CRASHED));
        assert!(!add(&record, "b", Ended::Completed));
        assert!(!add(&record, "c", CRASHED));
        assert!(add(&record, "d", CRASHED), "three of four");
        assert_eq!(record.counters().jobs, 4);
        record.pardon();
        assert!(!add(&record, "e", CRASHED));
    }

    #[test]
    fn one_bad_upload_alone_proves_nothing() {
        let record = Record::default();
        assert!((0..100).all(|_| !add(&record, "same", CRASHED)));
    }

    #[test]
    fn what_the_upload_is_to_blame_for_is_not_held_against_the_handler() {
        let record = Record::default();
        let honest = [Ended::Refused, Ended::Faulted(FaultKind::OutOfMemory)];
        for number in 0..100 {
            assert!(!add(&record, &number.to_string(), honest[number % 2]));
        }
    }
}
