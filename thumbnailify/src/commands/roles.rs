use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use thumbnailify_api::Api;
use thumbnailify_core::Ports;
use thumbnailify_host::Worker;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::settings::{Role, Settings};
use crate::{logging, shutdown, wiring};

/// Runs a role until the process is told to stop.
pub(crate) fn run(role: Role, settings: Settings) -> anyhow::Result<()> {
    logging::start(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let running = start(role, settings, shutdown::token()?).await?;
        if let Some(address) = running.address() {
            writeln!(std::io::stdout(), "listening on http://{address}")?;
        }
        running.ended().await
    })
}

/// A role that runs in this process.
#[derive(Debug)]
pub struct Running {
    address: Option<SocketAddr>,
    tasks: JoinSet<()>,
}

impl Running {
    /// The address that the API listens on, where there is one.
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
    let mut running = Running {
        address: None,
        tasks: JoinSet::new(),
    };
    if role != Role::Api {
        let worker = worker(&settings, ports.clone()).await?;
        running.tasks.spawn(worker.run(stop.clone()));
    }
    if role != Role::Worker {
        let listener = TcpListener::bind(settings.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", settings.listen))?;
        running.address = Some(listener.local_addr()?);
        let api = Api::new(ports, settings.api.clone());
        running.tasks.spawn(thumbnailify_api::serve(
            listener,
            api,
            stop.cancelled_owned(),
        ));
    }
    Ok(running)
}

async fn worker(settings: &Settings, ports: Ports) -> anyhow::Result<Worker> {
    let for_load = settings.clone();
    let thumbnailer = tokio::task::spawn_blocking(move || wiring::thumbnailer(&for_load)).await??;
    let name = wiring::worker_name();
    let slots = settings.worker.slots();
    let media_types: Vec<_> = thumbnailer
        .registry()
        .catalog()
        .media_types()
        .into_iter()
        .map(ToString::to_string)
        .collect();
    tracing::info!(
        worker = name,
        slots,
        media_types = media_types.join(" "),
        "the worker is ready"
    );
    Ok(Worker::new(
        &name,
        ports,
        Arc::new(thumbnailer),
        settings.worker.clone(),
    ))
}
