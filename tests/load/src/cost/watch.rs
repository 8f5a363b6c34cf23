use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::{Process, Processes, cpu_time, resident_kib};

/// How often the processes are looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// What a process used in a run.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ProcessRow {
    /// Its name.
    pub name: String,
    /// The CPU time that it used, in seconds.
    pub cpu_s: f64,
    /// The memory that it had in use at the start, in MiB.
    pub first_mib: f64,
    /// The same halfway through the run, when caches and pools are as large as they get.
    pub middle_mib: f64,
    /// The same at the end.
    pub last_mib: f64,
    /// The most that it had in use.
    pub max_mib: f64,
}

/// Looks at processes while a run goes on. One that ends is as it was seen last.
#[derive(Debug)]
pub(crate) struct Watch {
    seen: Seen,
    looking: JoinHandle<()>,
}

type Seen = Arc<Mutex<Vec<History>>>;

#[derive(Debug)]
struct History {
    process: Process,
    cpu: Vec<Duration>,
    resident_kib: Vec<u64>,
}

impl Watch {
    pub(crate) fn start(processes: &Processes) -> Self {
        let histories = processes.iter().map(|process| History {
            process: process.clone(),
            cpu: Vec::new(),
            resident_kib: Vec::new(),
        });
        let seen = Arc::new(Mutex::new(histories.collect()));
        look(&seen);
        let looking = tokio::spawn(look_again_and_again(Arc::clone(&seen)));
        Self { seen, looking }
    }

    pub(crate) fn finish(self) -> Vec<ProcessRow> {
        look(&self.seen);
        locked(&self.seen).iter().map(History::row).collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn look_again_and_again(seen: Seen) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        look(&seen);
    }
}

fn look(seen: &Seen) {
    for history in locked(seen).iter_mut() {
        let pid = history.process.pid;
        if let (Ok(cpu), Ok(resident_kib)) = (cpu_time(pid), resident_kib(pid)) {
            history.cpu.push(cpu);
            history.resident_kib.push(resident_kib);
        }
    }
}

fn locked(seen: &Seen) -> MutexGuard<'_, Vec<History>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl History {
    fn row(&self) -> ProcessRow {
        let cpu = |time: Option<&Duration>| time.copied().unwrap_or_default();
        let memory = |kib: Option<&u64>| mib(kib.copied().unwrap_or_default());
        let used = cpu(self.cpu.last()).saturating_sub(cpu(self.cpu.first()));
        ProcessRow {
            name: self.process.name.clone(),
            cpu_s: used.as_secs_f64(),
            first_mib: memory(self.resident_kib.first()),
            middle_mib: memory(self.resident_kib.get(self.resident_kib.len() / 2)),
            last_mib: memory(self.resident_kib.last()),
            max_mib: memory(self.resident_kib.iter().max()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no machine has 2^52 KiB")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_the_course_of_a_run() {
        let history = History {
            process: "api=7".parse().unwrap(),
            cpu: [1, 2, 4].map(Duration::from_secs).into(),
            resident_kib: vec![1_024, 5 * 1_024, 3 * 1_024],
        };
        let row = history.row();
        assert_eq!((row.name.as_str(), row.cpu_s), ("api", 3.0));
        let memory = [row.first_mib, row.middle_mib, row.last_mib, row.max_mib];
        assert_eq!(memory, [1.0, 5.0, 3.0, 5.0]);
    }
}
