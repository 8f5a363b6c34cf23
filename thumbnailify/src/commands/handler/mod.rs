//! `thumbnailify handler …`: looks at handlers, tries them out and starts new ones, without any server.

mod bindings;
mod inspect;
mod keygen;
mod list;
mod new;
mod options;
mod run;
mod sign;
mod test;
mod verify;
mod wrap;

mod contract;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use thumbnailify_host::sandbox::CompileCache;
use thumbnailify_host::{Candidate, Handler, Registry};

pub(crate) use bindings::{BindingsCommand, bindings};
pub(crate) use inspect::{InspectArgs, inspect};
pub(crate) use keygen::{KeygenArgs, keygen};
pub(crate) use list::{ListArgs, list};
pub(crate) use new::{NewArgs, new};
pub(crate) use run::{RunArgs, run};
pub(crate) use sign::{SignArgs, sign};
pub(crate) use test::{TestArgs, test};
pub(crate) use verify::{VerifyArgs, verify};
pub(crate) use wrap::{WrapArgs, wrap};

use crate::settings::{self, Flags, Log, Role, Settings};
use crate::{logging, wiring};

/// The settings that concern handlers.
#[derive(Debug, Args)]
pub(crate) struct HandlerFlags {
    /// The configuration file [default: ./thumbnailify.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of further handlers [default: ./handlers].
    #[arg(long, value_name = "DIR")]
    handlers: Option<PathBuf>,
    /// A folder for compiled handlers, which makes the next start quicker [default: none].
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

impl HandlerFlags {
    /// All settings: those of the file and of variables count as they do for a server.
    fn settings(&self) -> anyhow::Result<Settings> {
        let flags = Flags {
            handlers: self.handlers.clone(),
            cache: self.cache.clone(),
            ..Flags::default()
        };
        let loaded = settings::load(Role::Serve, self.config.as_deref(), &flags)?;
        let mut settings = loaded.settings;
        // A command runs one handler at a time.
        settings.worker.slots = 1;
        Ok(settings)
    }

    /// What compiled code is kept in. A command alone does not fill the folder of a server.
    fn compile_cache(&self) -> anyhow::Result<CompileCache> {
        Ok(match &self.cache {
            Some(folder) => CompileCache::open(folder).context("`--cache` cannot be used")?,
            None => CompileCache::temporary()?,
        })
    }

    /// Loads a component as the folder would.
    fn load(&self, settings: &Settings, path: &Path) -> anyhow::Result<Handler> {
        let loader = wiring::loader(settings, self.compile_cache()?)?;
        Ok(loader.load(&candidate(path, settings)?)?)
    }

    /// Every handler that a server with these settings would have.
    fn registry(&self, settings: &Settings) -> anyhow::Result<Arc<Registry>> {
        let (registry, mut folder) = wiring::handlers(settings, self.compile_cache()?)?;
        folder.load()?;
        Ok(registry)
    }
}

/// A component file, or a built-in handler by its name.
fn candidate(path: &Path, settings: &Settings) -> anyhow::Result<Candidate> {
    let built_in = path.to_str().and_then(wiring::built_in_named);
    if let Some(component) = built_in {
        return Ok(Candidate::built_in(component));
    }
    let max_bytes = u64::from(settings.compile.file_mib) << 20;
    Ok(Candidate::read(path, max_bytes)?)
}

/// The same path with something more at its end.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut longer = OsString::from(path);
    longer.push(".");
    longer.push(suffix);
    longer.into()
}

/// Runs work that calls handlers, on a thread that may wait.
fn on_a_runtime<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    on_a_runtime_that_logs("warn", work)
}

/// The same, with more or less of the log than warnings on standard error.
fn on_a_runtime_that_logs<T: Send + 'static>(
    filter: &str,
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    logging::start(&Log {
        filter: filter.into(),
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
