use std::time::Duration;

use super::Worker;
use super::attempt::Attempt;
use super::ending::Ending;
use super::measured::Measured;
use thumbnailify_core::FaultKind;

impl Worker {
    /// Tells of an attempt at its end: one line in the log, and the metrics.
    pub(super) fn report(&self, attempt: &Attempt<'_>, ending: Ending, measured: &Measured) {
        log(attempt, ending, measured);
        self.metrics.count(attempt.job, ending, measured);
    }
}

/// The id of the image and that of its request are in the span around it.
fn log(attempt: &Attempt<'_>, ending: Ending, measured: &Measured) {
    let stages = &measured.stages;
    let cpu = measured
        .cost
        .as_ref()
        .map(|cost| Duration::from_micros(cost.cpu_us));
    // The level of a line is part of its type, so there are two of them.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                media.r#type = attempt.job.media_type.as_str(),
                outcome = ending.as_str(),
                attempt = attempt.number,
                handler = measured.handler,
                duration_ms = ms(measured.started.elapsed()),
                queue_wait_ms = stages.queue_wait.map(ms),
                read_ms = stages.read.map(ms),
                sandbox_ms = stages.sandbox.map(ms),
                finish_ms = stages.finish.map(ms),
                store_ms = stages.store.map(ms),
                cpu_ms = cpu.map(ms),
                memory_bytes = measured.cost.as_ref().map(|cost| cost.peak_memory_bytes),
                width = measured.size.map(|size| size.width),
                height = measured.size.map(|size| size.height),
                code = measured.code,
                fault = measured.fault.map(FaultKind::as_str),
                reason = measured.reason,
                "{}",
                ending.message()
            )
        };
    }
    if ending.is_trouble() {
        line!(warn);
    } else {
        line!(info);
    }
}

/// Milliseconds with three digits behind the point.
fn ms(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1_000.0
}
