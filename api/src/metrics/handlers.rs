//! What the workers announced of their handlers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use thumbnailify_core::{
    Announcement, Durations, FaultKind, HandlerCounters, HandlerState, HandlerSummary,
};

/// The name and the value of a label.
type Label<'a> = (&'static str, &'a str);

/// What was announced. These counters were counted elsewhere, so they are told as they came.
#[derive(Debug)]
pub(super) struct Announced(pub(super) Arc<[Announcement]>);

impl Collector for Announced {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let loaded = Loaded::on(&self.0);
        encode_up(&mut encoder, &loaded)?;
        encode_jobs(&mut encoder, &loaded)?;
        encode_faults(&mut encoder, &loaded)?;
        encode_durations(&mut encoder, &loaded)?;
        encode_memory(&mut encoder, &loaded)?;
        encode_load_failures(&mut encoder, &self.0)
    }
}

/// One build of a handler on one worker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Build<'a> {
    handler: &'a str,
    version: &'a str,
    sha256: &'a str,
    worker: &'a str,
}

/// The handlers that could be loaded. The same build may be there twice, as two files.
#[derive(Default)]
struct Loaded<'a> {
    counters: BTreeMap<Build<'a>, HandlerCounters>,
    is_up: BTreeMap<(Build<'a>, &'static str), bool>,
}

impl<'a> Loaded<'a> {
    fn on(announcements: &'a [Announcement]) -> Self {
        let mut loaded = Self::default();
        for (summary, worker) in summaries(announcements) {
            if !matches!(summary.state, HandlerState::Failed { .. }) {
                loaded.add(summary, worker);
            }
        }
        loaded
    }

    fn add(&mut self, summary: &'a HandlerSummary, worker: &'a str) {
        let build = Build {
            handler: &summary.identity.name,
            version: &summary.identity.version,
            sha256: &summary.identity.sha256,
            worker,
        };
        let counters = self.counters.entry(build).or_default();
        counters.add(&summary.counters);
        let is_up = summary.state == HandlerState::Ready;
        self.is_up.insert((build, summary.state.as_str()), is_up);
    }
}

impl<'a> Build<'a> {
    fn labels(&self) -> [Label<'a>; 4] {
        [
            ("handler", self.handler),
            ("version", self.version),
            ("sha256", self.sha256),
            ("worker", self.worker),
        ]
    }

    fn labels_and(&self, label: Label<'a>) -> [Label<'a>; 5] {
        let [handler, version, sha256, worker] = self.labels();
        [handler, version, sha256, worker, label]
    }
}

fn summaries(announcements: &[Announcement]) -> impl Iterator<Item = (&HandlerSummary, &str)> {
    announcements.iter().flat_map(|announcement| {
        let handlers = announcement.catalog.handlers.iter();
        handlers.map(|summary| (summary, announcement.worker.as_str()))
    })
}

fn encode_up(encoder: &mut DescriptorEncoder<'_>, loaded: &Loaded<'_>) -> fmt::Result {
    let help = "Whether the handler takes jobs.";
    let mut family = encoder.encode_descriptor("handler_up", help, None, MetricType::Gauge)?;
    for ((build, state), is_up) in &loaded.is_up {
        family
            .encode_family(&build.labels_and(("state", state)))?
            .encode_gauge(&u32::from(*is_up))?;
    }
    Ok(())
}

fn encode_jobs(encoder: &mut DescriptorEncoder<'_>, loaded: &Loaded<'_>) -> fmt::Result {
    let help =
        "Runs that ended with a thumbnail, or with the handler's own word why there is none.";
    let mut family = encoder.encode_descriptor("handler_jobs", help, None, MetricType::Counter)?;
    for (build, counters) in &loaded.counters {
        for (outcome, count) in [
            ("completed", counters.completed),
            ("error", counters.errors),
        ] {
            family
                .encode_family(&build.labels_and(("outcome", outcome)))?
                .encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
    }
    Ok(())
}

/// Every kind from the start, since the first of a kind is only seen to be one more than none.
fn encode_faults(encoder: &mut DescriptorEncoder<'_>, loaded: &Loaded<'_>) -> fmt::Result {
    let help = "Runs that went wrong.";
    let name = "handler_faults";
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (build, counters) in &loaded.counters {
        for kind in FaultKind::ALL {
            let count = counters.faults.get(&kind).copied().unwrap_or_default();
            family
                .encode_family(&build.labels_and(("kind", kind.as_str())))?
                .encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
    }
    Ok(())
}

fn encode_durations(encoder: &mut DescriptorEncoder<'_>, loaded: &Loaded<'_>) -> fmt::Result {
    let help = "How long the runs took.";
    let name = "handler_duration_seconds";
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
    for (build, counters) in &loaded.counters {
        let durations = &counters.durations;
        family
            .encode_family(&build.labels())?
            .encode_histogram::<NoLabelSet>(
                seconds(durations.sum_us()),
                durations.count(),
                &buckets(durations),
                None,
            )?;
    }
    Ok(())
}

/// How many durations lie in each bucket, by its end. They are counted in whole microseconds, so what lies below
/// an end does not exceed it.
fn buckets(durations: &Durations) -> Vec<(f64, u64)> {
    let mut before = 0;
    durations
        .below_ends()
        .map(|(end_us, below)| {
            let inside = below.saturating_sub(before);
            before = below;
            (seconds(end_us), inside)
        })
        .collect()
}

fn seconds(us: u64) -> f64 {
    us as f64 / 1_000_000.0
}

fn encode_memory(encoder: &mut DescriptorEncoder<'_>, loaded: &Loaded<'_>) -> fmt::Result {
    let help = "Largest memory of any run.";
    let name = "handler_peak_memory_bytes";
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (build, counters) in &loaded.counters {
        family
            .encode_family(&build.labels())?
            .encode_gauge(&counters.peak_memory_bytes)?;
    }
    Ok(())
}

fn encode_load_failures(
    encoder: &mut DescriptorEncoder<'_>,
    announcements: &[Announcement],
) -> fmt::Result {
    let mut workers: BTreeMap<(&str, &'static str), u64> = BTreeMap::new();
    for (summary, _) in summaries(announcements) {
        if let HandlerState::Failed { kind, .. } = &summary.state {
            let failure = (summary.identity.name.as_str(), kind.as_str());
            *workers.entry(failure).or_default() += 1;
        }
    }
    let help = "Workers on which a file did not become a handler.";
    let name = "handler_load_failures";
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for ((file, kind), count) in workers {
        family
            .encode_family(&[("file", file), ("kind", kind)])?
            .encode_gauge(&count)?;
    }
    Ok(())
}
