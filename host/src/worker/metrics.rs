use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use thumbnailify_core::Job;

use super::ending::Ending;
use super::measured::{Measured, Stages};

/// In seconds: from a small picture in memory to a queue that nobody works on.
const STAGE_BUCKETS: [f64; 17] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    60.0, 300.0,
];

/// What stands for all media types that no handler here takes, of which anybody may queue any number.
const OTHER: &str = "other";

/// Where there was no handler.
const NO_HANDLER: &str = "none";

/// What a worker counts of the jobs that it works on. Clones are the same.
///
/// There are as many series as there are handlers, and media types that they take.
#[derive(Clone, Debug)]
pub struct JobMetrics {
    jobs: Family<JobLabels, Counter>,
    retries: Family<RetryLabels, Counter>,
    faults: Family<FaultLabels, Counter>,
    stages: Family<StageLabel, Histogram, fn() -> Histogram>,
    cpu: Family<HandlerLabel, Counter<f64, AtomicU64>>,
    memory: Family<HandlerLabel, Histogram, fn() -> Histogram>,
    pub(super) slots: Gauge,
    pub(super) busy_slots: Gauge,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct JobLabels {
    media_type: String,
    handler: String,
    outcome: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct RetryLabels {
    media_type: String,
    reason: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct FaultLabels {
    handler: String,
    kind: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct StageLabel {
    stage: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct HandlerLabel {
    handler: String,
}

impl JobMetrics {
    /// Adds all of it to a registry.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            jobs: Family::default(),
            retries: Family::default(),
            faults: Family::default(),
            stages: Family::new_with_constructor(|| Histogram::new(STAGE_BUCKETS)),
            cpu: Family::default(),
            memory: Family::new_with_constructor(|| Histogram::new(memory_buckets())),
            slots: Gauge::default(),
            busy_slots: Gauge::default(),
        };
        metrics.register_outcomes(registry);
        metrics.register_costs(registry);
        metrics
    }

    fn register_outcomes(&self, registry: &mut Registry) {
        let help = "Jobs that are done with";
        registry.register("jobs", help, self.jobs.clone());
        let help = "Attempts at jobs after which the job comes again";
        registry.register("job_retries", help, self.retries.clone());
        let help = "Attempts at jobs that the handler's fault ended";
        registry.register("job_faults", help, self.faults.clone());
    }

    fn register_costs(&self, registry: &mut Registry) {
        let help = "How long each stage of an attempt took";
        registry.register("job_stage_seconds", help, self.stages.clone());
        let help = "CPU time of the sandbox";
        registry.register("sandbox_cpu_seconds", help, self.cpu.clone());
        let help = "Largest memory of the sandbox in each run";
        registry.register("sandbox_peak_memory_bytes", help, self.memory.clone());
        let help = "How many jobs the worker takes at a time";
        registry.register("worker_slots", help, self.slots.clone());
        let help = "How many jobs the worker has now";
        registry.register("worker_busy_slots", help, self.busy_slots.clone());
    }

    /// Counts an attempt that has ended.
    pub(super) fn count(&self, job: &Job, ending: Ending, measured: &Measured) {
        let is_known = measured.handler.is_some();
        let media_type = if is_known {
            job.media_type.as_str()
        } else {
            OTHER
        };
        let handler = measured.handler.as_deref().unwrap_or(NO_HANDLER);
        if ending.is_final() {
            self.count_done(media_type, handler, ending);
        } else {
            let labels = RetryLabels {
                media_type: media_type.to_owned(),
                reason: ending.as_str(),
            };
            self.retries.get_or_create(&labels).inc();
        }
        self.count_stages(&measured.stages);
        self.count_sandbox(handler, measured);
    }

    /// Counts a job that ended before any handler was looked for.
    pub(super) fn count_unrun(&self, ending: Ending) {
        self.count_done(OTHER, NO_HANDLER, ending);
    }

    fn count_done(&self, media_type: &str, handler: &str, ending: Ending) {
        let labels = JobLabels {
            media_type: media_type.to_owned(),
            handler: handler.to_owned(),
            outcome: ending.as_str(),
        };
        self.jobs.get_or_create(&labels).inc();
    }

    fn count_stages(&self, stages: &Stages) {
        let Stages {
            queue_wait,
            read,
            sandbox,
            finish,
            store,
        } = *stages;
        let observe = |stage, duration: Option<Duration>| {
            if let Some(duration) = duration {
                let histogram = self.stages.get_or_create(&StageLabel { stage });
                histogram.observe(duration.as_secs_f64());
            }
        };
        observe("queue_wait", queue_wait);
        observe("read", read);
        observe("sandbox", sandbox);
        observe("finish", finish);
        observe("store", store);
    }

    fn count_sandbox(&self, handler: &str, measured: &Measured) {
        let handler = handler.to_owned();
        if let Some(kind) = measured.fault {
            let (handler, kind) = (handler.clone(), kind.as_str());
            let faults = self.faults.get_or_create(&FaultLabels { handler, kind });
            faults.inc();
        }
        if let Some(cost) = &measured.cost {
            let label = HandlerLabel { handler };
            let cpu = Duration::from_micros(cost.cpu_us).as_secs_f64();
            self.cpu.get_or_create(&label).inc_by(cpu);
            let memory = self.memory.get_or_create(&label);
            memory.observe(cost.peak_memory_bytes as f64);
        }
    }
}

/// From one MiB to one GiB.
fn memory_buckets() -> impl Iterator<Item = f64> {
    exponential_buckets(f64::from(1 << 20), 2.0, 11)
}
