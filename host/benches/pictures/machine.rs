use std::fs;
use std::thread::available_parallelism;

/// What the figures hold for.
pub(crate) fn description(peers: &str) -> String {
    let cores = available_parallelism().map_or_else(|_| "?".to_owned(), |cores| cores.to_string());
    format!(
        "CPU time of one thread to 100x100, upload in memory; {peers}; {}, {cores} cores, load {}.",
        model(),
        load()
    )
}

fn model() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split(": ").nth(1));
    name.unwrap_or("unknown CPU").to_owned()
}

/// How many threads wanted to run during the last minute.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}
