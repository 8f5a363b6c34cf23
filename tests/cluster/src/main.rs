//! `just cluster`: a whole installation as plain processes, ended by one Ctrl-C.

mod description;

use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use thumbnailify_test_servers::{Cluster, ClusterPlan, Node};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::interval;

use crate::description::Description;

/// How often the processes are looked at.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// Runs NATS, Redis, an API and workers as processes of this machine, until Ctrl-C.
#[derive(Debug, Parser)]
struct Options {
    /// The program.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "target/release/thumbnailify"
    )]
    program: PathBuf,
    /// The folder for everything that the processes keep, also after the end.
    #[arg(long, value_name = "DIR", default_value = "data/cluster")]
    folder: PathBuf,
    /// The address of the API; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How many workers there are.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
    /// Further flags of every API and worker, after `--`.
    #[arg(last = true)]
    flags: Vec<OsString>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let folder = absolute(options.folder)?;
    let description = Description::in_folder(&folder);
    let plan = ClusterPlan {
        program: options.program,
        folder,
        listen: options.listen,
        workers: options.workers.into(),
        arguments: options.flags,
    };
    say("starting NATS, Redis, the API and the workers")?;
    let mut cluster = Cluster::launch(&plan)?;
    tokio::select! {
        ready = ready(&mut cluster) => ready?,
        _ = interrupt.recv() => bail!("interrupted; what was started is killed"),
    }
    say(&description.write(&mut cluster)?)?;
    let ended = tokio::select! {
        ended = first_end(&mut cluster) => Some(ended?),
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    say("stopping; Ctrl-C again kills what still runs")?;
    description.remove();
    let processes: Vec<_> = cluster
        .nodes()
        .filter_map(|(_, node)| handle(node))
        .collect();
    let mut stopped = tokio::task::spawn_blocking(move || cluster.stop());
    let stopped = tokio::select! {
        stopped = &mut stopped => stopped?,
        _ = interrupt.recv() => {
            kill(&processes);
            stopped.await?
        }
    };
    match ended {
        Some(ended) => bail!("{ended} ended by itself; its log says why"),
        None => stopped,
    }
}

async fn ready(cluster: &mut Cluster) -> Result<()> {
    let mut interval = interval(WATCH_INTERVAL);
    while !cluster.is_ready()? {
        interval.tick().await;
    }
    Ok(())
}

/// Kills the processes. A handle is for one process for ever, however its number is used again.
fn kill(processes: &[OwnedFd]) {
    for process in processes {
        // One that has ended needs no killing.
        pidfd_send_signal(process, Signal::KILL).ok();
    }
}

fn handle(node: &Node) -> Option<OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(node.pid()?).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

fn absolute(folder: PathBuf) -> Result<PathBuf> {
    std::path::absolute(folder).context("`--folder` cannot be used")
}

/// Waits until a process has ended by itself, and names it.
async fn first_end(cluster: &mut Cluster) -> Result<String> {
    let mut interval = interval(WATCH_INTERVAL);
    loop {
        interval.tick().await;
        for (name, node) in cluster.nodes() {
            if node.has_ended()? {
                return Ok(name);
            }
        }
    }
}

fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
