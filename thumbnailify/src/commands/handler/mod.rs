//! `thumbnailify handler …`: looks at handlers, tries them out and starts new ones, without any server.

mod bindings;
mod inspect;
mod list;
mod new;
mod run;
mod wrap;

mod contract;

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use thumbnailify_host::Registry;

pub(crate) use bindings::{BindingsCommand, bindings};
pub(crate) use inspect::{InspectArgs, inspect};
pub(crate) use list::{ListArgs, list};
pub(crate) use new::{NewArgs, new};
pub(crate) use run::{RunArgs, run};
pub(crate) use wrap::{WrapArgs, wrap};

use crate::settings::{Log, Settings};
use crate::{logging, wiring};

/// Where handlers and their compiled code are.
#[derive(Debug, Args)]
pub(crate) struct Folders {
    /// The folder of further handlers.
    #[arg(long, value_name = "DIR", default_value = "./handlers")]
    handlers: PathBuf,
    /// A folder for compiled handlers, which makes the next start quicker [default: none].
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

impl Folders {
    fn registry(&self) -> anyhow::Result<Registry> {
        let limits = Settings::default().limits;
        let sandbox = wiring::sandbox(1, &limits, self.cache.as_deref())?;
        Ok(Registry::load(
            &sandbox,
            &wiring::built_in(),
            &self.handlers,
            &limits,
        )?)
    }
}

/// Runs work that calls handlers, on a thread that may wait.
fn on_a_runtime<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    logging::start(&Log {
        filter: "warn".into(),
        ..Log::default()
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::task::spawn_blocking(work)
            .await
            .context("the work panicked")?
    })
}
