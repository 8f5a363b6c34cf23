use std::collections::BTreeMap;

use serde::Serialize;
use thumbnailify_core::{Durations, FaultKind, HandlerCounters};

/// What a handler did since its workers were started, as clients see it.
#[derive(Debug, Serialize)]
pub(crate) struct Counters {
    jobs: u64,
    completed: u64,
    errors: u64,
    faults: BTreeMap<FaultKind, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_ms: Option<Percentiles>,
    peak_memory_bytes: u64,
}

/// The time in milliseconds that half of the runs did not exceed, and that 95 in 100 did not.
#[derive(Debug, Serialize)]
struct Percentiles {
    p50: f64,
    p95: f64,
}

impl From<HandlerCounters> for Counters {
    fn from(counters: HandlerCounters) -> Self {
        Self {
            jobs: counters.jobs,
            completed: counters.completed,
            errors: counters.errors,
            faults: counters.faults,
            time_ms: Percentiles::of(&counters.durations),
            peak_memory_bytes: counters.peak_memory_bytes,
        }
    }
}

impl Percentiles {
    fn of(durations: &Durations) -> Option<Self> {
        let time_ms = |percent| {
            let time_us = durations.percentile_us(percent)?;
            Some(time_us as f64 / 1_000.0)
        };
        Some(Self {
            p50: time_ms(50)?,
            p95: time_ms(95)?,
        })
    }
}
