//! Chooses the backends, and nothing else does.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use thumbnailify_backends::{
    DiskStore, Embedded, EmbeddedSettings, NatsQueue, NatsSettings, RedisSettings, RedisStore,
};
use thumbnailify_core::{CatalogStore, JobQueue, Ports, StatusStore};
use thumbnailify_host::sandbox::{CompileCache, Sandbox};
use thumbnailify_host::{Limits, Registry, Thumbnailer};

use crate::settings::{Queue, Settings, Status};

/// Sets up the backends. Servers need not be up: the backends go on by themselves once they are.
pub(crate) async fn ports(settings: &Settings) -> anyhow::Result<Ports> {
    let media = DiskStore::open(&settings.media_folder()).context("`media` cannot be used")?;
    let mut embedded = LazyEmbedded {
        settings,
        opened: None,
    };
    let queue: Arc<dyn JobQueue> = match &settings.queue {
        Queue::Embedded => embedded.get()?.job_queue(),
        Queue::Nats(url) => {
            let details = NatsSettings {
                urls: url.as_str().into(),
                lease_ms: settings.worker.lease_ms(),
                ..settings.nats.clone()
            };
            Arc::new(
                NatsQueue::connect(details)
                    .await
                    .context("`queue` cannot be used")?,
            )
        }
    };
    let (status, catalog): (Arc<dyn StatusStore>, Arc<dyn CatalogStore>) = match &settings.status {
        Status::Embedded => (
            embedded.get()?.status_store(),
            embedded.get()?.catalog_store(),
        ),
        Status::Redis(url) => {
            let details = RedisSettings {
                url: url.clone(),
                ..settings.redis.clone()
            };
            let redis = Arc::new(RedisStore::connect(details).context("`status` cannot be used")?);
            (Arc::clone(&redis) as _, redis)
        }
    };
    Ok(Ports {
        queue,
        status,
        media: Arc::new(media),
        catalog,
    })
}

/// The embedded database, opened by the first part that is to live in it.
struct LazyEmbedded<'a> {
    settings: &'a Settings,
    opened: Option<Embedded>,
}

impl LazyEmbedded<'_> {
    fn get(&mut self) -> anyhow::Result<&Embedded> {
        if self.opened.is_none() {
            let lease_ms = self.settings.worker.lease_ms();
            let details = EmbeddedSettings {
                lease_ms,
                ..EmbeddedSettings::default()
            };
            let opened = Embedded::open_with(&self.settings.data, &details);
            self.opened = Some(opened.context("`data` cannot be used")?);
        }
        self.opened
            .as_ref()
            .context("the embedded database was opened above")
    }
}

/// Loads the handlers. Blocks: call it from a thread of tokio's that may wait.
pub(crate) fn thumbnailer(settings: &Settings) -> anyhow::Result<Thumbnailer> {
    let cache = settings.cache_folder();
    let sandbox = sandbox(settings.worker.slots(), &settings.limits, Some(&cache))?;
    let registry = Registry::load(&sandbox, &built_in(), &settings.handlers, &settings.limits)?;
    Ok(Thumbnailer::new(registry, settings.thumbnail.clone()))
}

pub(crate) fn sandbox(
    slots: u32,
    limits: &Limits,
    cache: Option<&Path>,
) -> anyhow::Result<Sandbox> {
    let cache = cache
        .map(CompileCache::open)
        .transpose()
        .context("`cache` cannot be used")?;
    Ok(Sandbox::new(slots, limits, cache)?)
}

/// The handlers that are part of the program.
pub(crate) fn built_in() -> Vec<&'static [u8]> {
    thumbnailify_bundle::HANDLERS
        .iter()
        .map(|handler| handler.component)
        .collect()
}

pub(crate) fn built_in_named(name: &str) -> Option<&'static [u8]> {
    let mut handlers = thumbnailify_bundle::HANDLERS.iter();
    handlers
        .find(|handler| handler.name == name)
        .map(|handler| handler.component)
}

/// A name that no other live process has: the machine (in a container, the container) and the process.
pub(crate) fn worker_name() -> String {
    let machine = rustix::system::uname();
    format!(
        "{}-{}",
        machine.nodename().to_string_lossy(),
        std::process::id()
    )
}
