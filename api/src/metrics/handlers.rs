//! What the workers announced of their handlers.

use std::collections::BTreeMap;

use thumbnailify_core::{
    Announcement, Durations, FaultKind, HandlerCounters, HandlerState, HandlerSummary,
};

use super::exposition::{Exposition, Histogram, Kind, Label};

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

pub(super) fn write(exposition: &mut Exposition, announcements: &[Announcement]) {
    let loaded = Loaded::on(announcements);
    write_up(exposition, &loaded);
    write_jobs(exposition, &loaded);
    write_faults(exposition, &loaded);
    write_durations(exposition, &loaded);
    write_memory(exposition, &loaded);
    write_load_failures(exposition, announcements);
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

fn write_up(exposition: &mut Exposition, loaded: &Loaded<'_>) {
    let help = "Whether the handler takes jobs.";
    let mut family = exposition.family("thumbnailify_handler_up", Kind::Gauge, help);
    for ((build, state), is_up) in &loaded.is_up {
        family.sample(&build.labels_and(("state", state)), u8::from(*is_up));
    }
}

fn write_jobs(exposition: &mut Exposition, loaded: &Loaded<'_>) {
    let help =
        "Runs that ended with a thumbnail, or with the handler's own word why there is none.";
    let name = "thumbnailify_handler_jobs_total";
    let mut family = exposition.family(name, Kind::Counter, help);
    for (build, counters) in &loaded.counters {
        for (outcome, count) in [
            ("completed", counters.completed),
            ("error", counters.errors),
        ] {
            family.sample(&build.labels_and(("outcome", outcome)), count);
        }
    }
}

/// Every kind from the start, since the first of a kind is only seen to be one more than none.
fn write_faults(exposition: &mut Exposition, loaded: &Loaded<'_>) {
    let help = "Runs that went wrong.";
    let name = "thumbnailify_handler_faults_total";
    let mut family = exposition.family(name, Kind::Counter, help);
    for (build, counters) in &loaded.counters {
        for kind in FaultKind::ALL {
            let count = counters.faults.get(&kind).copied().unwrap_or_default();
            family.sample(&build.labels_and(("kind", kind.as_str())), count);
        }
    }
}

fn write_durations(exposition: &mut Exposition, loaded: &Loaded<'_>) {
    let help = "How long the runs took.";
    let name = "thumbnailify_handler_duration_seconds";
    let mut family = exposition.family(name, Kind::Histogram, help);
    for (build, counters) in &loaded.counters {
        family.histogram(&build.labels(), &histogram(&counters.durations));
    }
}

/// Durations are counted in whole microseconds, so what lies below an end does not exceed it.
fn histogram(durations: &Durations) -> Histogram {
    let seconds = |us: u64| us as f64 / 1_000_000.0;
    let buckets = durations.below_ends();
    Histogram {
        buckets: buckets
            .map(|(end_us, count)| (seconds(end_us), count))
            .collect(),
        sum: seconds(durations.sum_us()),
        count: durations.count(),
    }
}

fn write_memory(exposition: &mut Exposition, loaded: &Loaded<'_>) {
    let help = "Largest memory of any run.";
    let name = "thumbnailify_handler_peak_memory_bytes";
    let mut family = exposition.family(name, Kind::Gauge, help);
    for (build, counters) in &loaded.counters {
        family.sample(&build.labels(), counters.peak_memory_bytes);
    }
}

fn write_load_failures(exposition: &mut Exposition, announcements: &[Announcement]) {
    let mut workers: BTreeMap<(&str, &'static str), u64> = BTreeMap::new();
    for (summary, _) in summaries(announcements) {
        if let HandlerState::Failed { kind, .. } = &summary.state {
            let failure = (summary.identity.name.as_str(), kind.as_str());
            *workers.entry(failure).or_default() += 1;
        }
    }
    let help = "Workers on which a file did not become a handler.";
    let name = "thumbnailify_handler_load_failures";
    let mut family = exposition.family(name, Kind::Gauge, help);
    for ((file, kind), count) in workers {
        family.sample(&[("file", file), ("kind", kind)], count);
    }
}
