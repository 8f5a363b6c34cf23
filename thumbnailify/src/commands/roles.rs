use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use thumbnailify_api::Api;
use thumbnailify_core::Ports;
use thumbnailify_host::{
    Folder, JobMetrics, Listen, Reconciler, RepairMetrics, Thumbnailer, Worker,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::settings::{Loaded, Role, Settings};
use crate::{belonging, logging, shutdown, wiring};

/// How long blocked threads may take to end after everything else has.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// Runs a role until the process is told to stop.
pub(crate) fn run(role: Role, loaded: Loaded) -> anyhow::Result<()> {
    let Loaded {
        settings,
        unknown_variables,
    } = loaded;
    logging::start(&settings.log)?;
    if !unknown_variables.is_empty() {
        let variables = unknown_variables.join(" ");
        tracing::warn!(variables, "these variables are no settings and are ignored");
    }
    let runtime = runtime(&settings)?;
    let ended = runtime.block_on(async {
        let running = start(role, settings, shutdown::token()?).await?;
        if let Some(address) = running.address() {
            writeln!(std::io::stdout(), "listening on http://{address}")?;
        }
        running.ended().await
    });
    // A thread that hangs in a read of the disk must not hold up the end.
    runtime.shutdown_timeout(SHUTDOWN_LIMIT);
    ended
}

/// Each running handler blocks a thread to itself; the disk needs more of them at the same time.
fn runtime(settings: &Settings) -> std::io::Result<Runtime> {
    const DISK_THREADS: usize = 512;
    let handler_threads = usize::try_from(settings.worker.slots()).unwrap_or(usize::MAX);
    tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(handler_threads.saturating_add(DISK_THREADS))
        .enable_all()
        .build()
}

/// A role that runs in this process.
#[derive(Debug)]
pub struct Running {
    address: Option<SocketAddr>,
    tasks: JoinSet<()>,
}

impl Running {
    /// The address that the process listens on, where there is one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Waits until everything has drained after the stop.
    ///
    /// # Errors
    /// A part of it panicked.
    pub async fn ended(mut self) -> anyhow::Result<()> {
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("a part of the process panicked")?;
        }
        Ok(())
    }
}

/// Starts a role, which runs until `stop` is cancelled and then drains.
///
/// # Errors
/// A folder, address or handler that cannot be used. That a server is away is none: the role runs, not
/// ready, until it is there.
pub async fn start(
    role: Role,
    settings: Settings,
    stop: CancellationToken,
) -> anyhow::Result<Running> {
    let ports = wiring::ports(&settings).await?;
    start_on(role, settings, ports, stop).await
}

/// Starts a role on backends that were set up before, else as [`start`].
///
/// # Errors
/// As for [`start`].
pub async fn start_on(
    role: Role,
    settings: Settings,
    ports: Ports,
    stop: CancellationToken,
) -> anyhow::Result<Running> {
    // Before any worker: a process that cannot have its port must not have taken jobs, whose attempts count.
    let listener = match (role, settings.worker.listen) {
        (Role::Serve | Role::Api, _) => Some(listen(settings.listen).await?),
        (Role::Worker, Listen::At(address)) => Some(listen(address).await?),
        (Role::Worker, Listen::Off) => None,
    };
    let mut metrics = thumbnailify_api::registry();
    let mut running = Running {
        address: listener.as_ref().map(TcpListener::local_addr).transpose()?,
        tasks: JoinSet::new(),
    };
    if belonging::join(&ports.upkeep).await.is_err() {
        let joining = belonging::join_in_the_end(ports.upkeep.clone(), stop.clone());
        running.tasks.spawn(joining);
    }
    if role != Role::Api {
        let job_metrics = JobMetrics::register(&mut metrics);
        let repair_metrics = RepairMetrics::register(&mut metrics);
        let (worker, folder) = worker(&settings, ports.clone(), job_metrics).await?;
        let reconciler = reconciler(&settings, ports.clone(), repair_metrics);
        running.tasks.spawn(reconciler.run(stop.clone()));
        running.tasks.spawn(folder.watch(stop.clone()));
        running.tasks.spawn(worker.run(stop.clone()));
    }
    if let Some(listener) = listener {
        let largest_side = settings.thumbnail.largest_side;
        let api = Api::new(ports, settings.api, largest_side, metrics);
        let stopped = stop.cancelled_owned();
        match role {
            Role::Serve | Role::Api => running
                .tasks
                .spawn(thumbnailify_api::serve(listener, api, stopped)),
            Role::Worker => running
                .tasks
                .spawn(thumbnailify_api::serve_worker(listener, api, stopped)),
        };
    }
    Ok(running)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen on {address}"))
}

/// What looks after the system, in one of the workers at a time.
pub(super) fn reconciler(settings: &Settings, ports: Ports, metrics: RepairMetrics) -> Reconciler {
    let (config, retention) = (settings.reconcile.clone(), settings.retention.clone());
    let keep_failed_uploads = settings.worker.keep_failed_uploads();
    let name = wiring::worker_name();
    Reconciler::new(
        &name,
        ports,
        config,
        retention,
        keep_failed_uploads,
        metrics,
    )
}

/// A worker that is ready with all that needs no compiling, and the folder that brings the rest.
async fn worker(
    settings: &Settings,
    ports: Ports,
    metrics: JobMetrics,
) -> anyhow::Result<(Worker, Folder)> {
    let started = Instant::now();
    let for_load = settings.clone();
    let load = move || {
        let (registry, mut folder) = wiring::handlers(&for_load, wiring::cache(&for_load)?)?;
        if let Err(error) = folder.load_compiled() {
            tracing::warn!(%error, "the handlers folder cannot be read now");
        }
        anyhow::Ok((registry, folder))
    };
    let (registry, folder) = tokio::task::spawn_blocking(load).await??;
    let name = wiring::worker_name();
    let catalog = registry.catalog();
    let media_types: Vec<_> = catalog
        .media_types()
        .into_iter()
        .map(ToString::to_string)
        .collect();
    tracing::info!(
        worker = name,
        slots = settings.worker.slots(),
        media_types = media_types.join(" "),
        loaded_ms = started.elapsed().as_millis(),
        "the worker is ready"
    );
    let thumbnailer = Arc::new(Thumbnailer::new(registry, settings.thumbnail.clone()));
    let worker = Worker::new(&name, ports, thumbnailer, settings.worker.clone(), metrics);
    Ok((worker, folder))
}
