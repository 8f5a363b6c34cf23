//! Chooses the backends, and nothing else does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use thumbnailify_backends::{
    DiskStore, Embedded, EmbeddedSettings, NatsQueue, NatsSettings, Patience, RedisSettings,
    RedisStore,
};
use thumbnailify_core::{
    CatalogStore, DeadLetters, JobQueue, Ports, Quarantine, QueueUpkeep, StatusStore, StatusUpkeep,
    Upkeep,
};
use thumbnailify_host::sandbox::{CompileCache, Compiler, Sandbox};
use thumbnailify_host::{Candidate, Folder, Loader, Registry, TrustPolicy};

use crate::settings::{Queue, Settings, Status};

/// Sets up the backends. Servers need not be up: the backends go on by themselves once they are.
///
/// # Errors
/// A folder or an address that cannot be used.
pub async fn ports(settings: &Settings) -> anyhow::Result<Ports> {
    ports_with(settings, Embedded::open_with).await
}

/// Sets up the backends for a command that works beside a server, or without one.
pub(crate) async fn ports_beside(settings: &Settings) -> anyhow::Result<Ports> {
    ports_with(settings, Embedded::open_beside).await
}

/// Opens the embedded database of a folder.
type Open = fn(&Path, &EmbeddedSettings) -> thumbnailify_core::Result<Embedded>;

async fn ports_with(settings: &Settings, open: Open) -> anyhow::Result<Ports> {
    let media = DiskStore::open_with(&settings.media_folder(), settings.disk.clone());
    let media = Arc::new(media.context("`media` cannot be used")?);
    let mut embedded = LazyEmbedded {
        settings,
        open,
        opened: None,
    };
    let (queue, queue_upkeep, dead_letters): SharedByQueue = match &settings.queue {
        Queue::Embedded => {
            let embedded = embedded.get()?;
            let dead_letters = embedded.dead_letters();
            (embedded.job_queue(), embedded.queue_upkeep(), dead_letters)
        }
        Queue::Nats(url) => {
            let details = NatsSettings {
                urls: url.as_str().into(),
                lease_ms: settings.worker.lease_ms(),
                ..settings.nats.clone()
            };
            let queue = NatsQueue::connect(details).await;
            let queue = Arc::new(queue.context("`queue` cannot be used")?);
            let dead_letters = queue.dead_letters(settings.dead_letters.clone());
            (Arc::clone(&queue) as _, queue, Arc::new(dead_letters))
        }
    };
    let (status, status_upkeep, catalog, quarantine): SharedByStatus = match &settings.status {
        Status::Embedded => {
            let embedded = embedded.get()?;
            (
                embedded.status_store(),
                embedded.status_upkeep(),
                embedded.catalog_store(),
                embedded.quarantine(),
            )
        }
        Status::Redis(url) => {
            let details = RedisSettings {
                url: url.clone(),
                tombstone_days: settings.retention.tombstone_days,
                patience: patience(settings),
                ..settings.redis.clone()
            };
            let redis = Arc::new(RedisStore::connect(details).context("`status` cannot be used")?);
            (
                Arc::clone(&redis) as _,
                Arc::clone(&redis) as _,
                Arc::clone(&redis) as _,
                redis,
            )
        }
    };
    Ok(Ports {
        queue,
        status,
        media: Arc::clone(&media) as _,
        catalog,
        quarantine,
        dead_letters,
        upkeep: Upkeep {
            queue: queue_upkeep,
            status: status_upkeep,
            media,
        },
    })
}

/// When the reconciler wants to look at a medium.
fn patience(settings: &Settings) -> Patience {
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    Patience {
        unpublished: seconds(settings.reconcile.unpublished_after_s),
        unclaimed: seconds(settings.reconcile.unclaimed_after_s),
    }
}

/// The ports that live where the jobs are.
type SharedByQueue = (
    Arc<dyn JobQueue>,
    Arc<dyn QueueUpkeep>,
    Arc<dyn DeadLetters>,
);

/// The ports that live where the statuses are.
type SharedByStatus = (
    Arc<dyn StatusStore>,
    Arc<dyn StatusUpkeep>,
    Arc<dyn CatalogStore>,
    Arc<dyn Quarantine>,
);

/// The embedded database, opened by the first part that is to live in it.
struct LazyEmbedded<'a> {
    settings: &'a Settings,
    open: Open,
    opened: Option<Embedded>,
}

impl LazyEmbedded<'_> {
    fn get(&mut self) -> anyhow::Result<&Embedded> {
        if self.opened.is_none() {
            let lease_ms = self.settings.worker.lease_ms();
            let details = EmbeddedSettings {
                lease_ms,
                dead_letters: self.settings.dead_letters.clone(),
                tombstone_days: self.settings.retention.tombstone_days,
                patience: patience(self.settings),
                ..EmbeddedSettings::default()
            };
            let opened = (self.open)(&self.settings.data, &details);
            self.opened = Some(opened.context("`data` cannot be used")?);
        }
        self.opened
            .as_ref()
            .context("the embedded database was opened above")
    }
}

/// The argument that makes this program the compiler of handlers.
pub(crate) const COMPILE_COMMAND: &str = "compile-handler";

/// Sets up the sandbox and what may be loaded into it.
pub(crate) fn loader(settings: &Settings, cache: CompileCache) -> anyhow::Result<Loader> {
    let budgets = settings.budgets();
    let compiler = Compiler {
        program: match &settings.compiler {
            Some(program) => program.clone(),
            // By its name in the file system it may be another version by now.
            None => PathBuf::from("/proc/self/exe"),
        },
        arguments: vec![COMPILE_COMMAND.to_owned()],
        config: settings.compile.clone(),
    };
    let slots = settings.worker.slots();
    let sandbox = Sandbox::new(slots, budgets.largest_memory_mib(), compiler, cache)?;
    let trust = TrustPolicy::new(&settings.trust)?;
    Ok(Loader::new(sandbox, trust, budgets))
}

/// The folder of compiled code that the settings name.
pub(crate) fn cache(settings: &Settings) -> anyhow::Result<CompileCache> {
    CompileCache::open(settings.cache_folder()).context("`cache` cannot be used")
}

/// Loads the program's own handlers, and prepares those of the folder. Blocks: call it from a thread of
/// tokio's that may wait.
pub(crate) fn handlers(
    settings: &Settings,
    cache: CompileCache,
) -> anyhow::Result<(Arc<Registry>, Folder)> {
    let loader = loader(settings, cache)?;
    let built_in = thumbnailify_bundle::HANDLERS.iter().map(|built_in| {
        let loaded = loader.load(&Candidate::built_in(built_in.component));
        loaded.with_context(|| format!("the built-in handler {}", built_in.name))
    });
    let built_in = built_in.collect::<anyhow::Result<_>>()?;
    let service = settings.service.clone();
    let registry = Arc::new(Registry::new(built_in, service.clone()));
    let folder = settings.handlers.clone();
    let folder = Folder::new(folder, loader, Arc::clone(&registry), service);
    Ok((registry, folder))
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
