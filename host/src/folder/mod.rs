//! Brings the `.wasm` files of the handlers folder into service, and takes them out again.
//!
//! A file counts once it has stayed as it is for a moment, so that a half-copied one is not taken for a
//! broken one. The kernel tells of changes; the folder is looked through now and then all the same, since
//! not every file system does.

mod notice;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use self::notice::Notice;
use self::scan::{Stamp, read_candidate, scan};
use crate::registry::FailedFile;
use crate::{Candidate, Error, Handler, Loader, Registry, Result, ServiceConfig};

/// A folder of handlers that is kept in step with the registry.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    loader: Loader,
    registry: Arc<Registry>,
    config: ServiceConfig,
    seen: BTreeMap<String, Seen>,
    /// The hashes of components that cannot be compiled with full effort within the limits.
    hopeless: BTreeSet<String>,
}

/// A file as it was at the last look.
#[derive(Debug)]
struct Seen {
    stamp: Stamp,
    since: Instant,
    is_dealt_with: bool,
}

impl Folder {
    /// Prepares to keep the registry in step with a folder, which need not be there yet.
    #[must_use]
    pub fn new(
        path: PathBuf,
        loader: Loader,
        registry: Arc<Registry>,
        config: ServiceConfig,
    ) -> Self {
        Self {
            path,
            loader,
            registry,
            config,
            seen: BTreeMap::new(),
            hopeless: BTreeSet::new(),
        }
    }

    /// Loads what is there, at once. Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn load(&mut self) -> Result<()> {
        self.load_where(|_, _| true)
    }

    /// Loads what needs no compiling; [`Folder::watch`] does the rest while the worker works already.
    /// Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn load_compiled(&mut self) -> Result<()> {
        self.load_where(|loader, candidate| loader.is_compiled(&candidate.wasm))
    }

    /// Keeps the registry in step until `stop` is cancelled.
    pub async fn watch(mut self, stop: CancellationToken) {
        let mut notice = Notice::new(self.path.clone());
        while !stop.is_cancelled() {
            // What is being compiled when the worker stops is compiled at its next start.
            self = tokio::select! {
                Some(folder) = self.step_aside() => folder,
                () = stop.cancelled() => return,
                else => return,
            };
            self.registry.lift_suspensions(Instant::now());
            let pause = if self.is_settled() {
                self.config.rescan()
            } else {
                self.config.stable()
            };
            let woken = async {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = notice.changed() => {}
                }
            };
            let _sooner = tokio::time::timeout(pause, woken).await;
        }
    }

    /// Looks through the folder on a thread that may wait.
    async fn step_aside(mut self) -> Option<Self> {
        let stepped = tokio::task::spawn_blocking(move || {
            if let Err(error) = self.step() {
                tracing::warn!(%error, "the handlers stay as they are");
            }
            self
        });
        match stepped.await {
            Ok(folder) => Some(folder),
            Err(error) => {
                tracing::error!(%error, "the handlers folder is not watched any more");
                None
            }
        }
    }

    fn step(&mut self) -> Result<()> {
        let found = scan(&self.path)?;
        self.forget_removed(&found);
        for (file_name, stamp) in found {
            if self.is_stable(&file_name, stamp) {
                self.deal_with(&file_name);
            }
        }
        if self.is_settled() {
            self.improve_one();
        }
        Ok(())
    }

    fn forget_removed(&mut self, found: &BTreeMap<String, Stamp>) {
        let registry = &self.registry;
        self.seen.retain(|file_name, _| {
            let is_there = found.contains_key(file_name);
            if !is_there {
                tracing::info!(file = file_name, "a handler is taken out of service");
                registry.remove(file_name);
            }
            is_there
        });
    }

    /// Tells whether a file that is not dealt with yet has stayed as it is.
    fn is_stable(&mut self, file_name: &str, stamp: Stamp) -> bool {
        let new = || Seen {
            stamp,
            since: Instant::now(),
            is_dealt_with: false,
        };
        let seen = self.seen.entry(file_name.to_owned()).or_insert_with(new);
        if seen.stamp != stamp {
            *seen = new();
        }
        !seen.is_dealt_with && seen.since.elapsed() >= self.config.stable()
    }

    fn is_settled(&self) -> bool {
        self.seen.values().all(|seen| seen.is_dealt_with)
    }

    /// Compiles once more, with full effort, what was compiled in haste. One at a time, so that new files do
    /// not wait for long.
    fn improve_one(&mut self) {
        let has_hope = |handler: &Handler| !self.hopeless.contains(&handler.identity().sha256);
        let Some((file_name, handler)) = self.registry.could_be_faster(has_hope) else {
            return;
        };
        let candidate = read_candidate(&self.path, &file_name, self.loader.file_max_bytes());
        let Ok(candidate) = candidate else {
            return; // It has just been taken away or replaced, which the next look will see.
        };
        if candidate.wasm.sha256() != handler.identity().sha256 {
            return;
        }
        match self.loader.better_code(&candidate) {
            Ok(better) => handler.improve(better),
            Err(error) => {
                tracing::warn!(file = file_name, %error, "it stays as fast as it is");
                self.hopeless.insert(handler.identity().sha256.clone());
            }
        }
    }

    fn deal_with(&mut self, file_name: &str) {
        let candidate = read_candidate(&self.path, file_name, self.loader.file_max_bytes());
        let loaded = candidate.and_then(|candidate| {
            let loaded = self.loader.load_soon(&candidate);
            loaded.map_err(|error| (error, candidate.wasm.sha256().to_owned()))
        });
        self.finish(file_name, loaded);
    }

    fn load_where(&mut self, is_wanted: impl Fn(&Loader, &Candidate) -> bool) -> Result<()> {
        for (file_name, stamp) in scan(&self.path)? {
            self.is_stable(&file_name, stamp);
            match read_candidate(&self.path, &file_name, self.loader.file_max_bytes()) {
                Ok(candidate) if !is_wanted(&self.loader, &candidate) => {}
                _ => self.deal_with(&file_name),
            }
        }
        Ok(())
    }

    fn finish(&mut self, file_name: &str, loaded: Result<Handler, (Error, String)>) {
        if let Some(seen) = self.seen.get_mut(file_name) {
            seen.is_dealt_with = true;
        }
        match loaded {
            Ok(handler) => {
                let identity = handler.identity();
                tracing::info!(
                    file = file_name,
                    handler = identity.name,
                    version = identity.version,
                    sha256 = identity.sha256,
                    "a handler comes into service"
                );
                self.registry.put(file_name, handler);
            }
            Err((error, sha256)) => {
                let kind = error.load_fault_kind();
                let (reason, fault) = (error.to_string(), kind.as_str());
                tracing::warn!(file = file_name, fault, reason, "a file is not a handler");
                let file_name = file_name.to_owned();
                let failed = FailedFile {
                    file_name: file_name.clone(),
                    sha256,
                    kind,
                    reason,
                };
                self.registry.fail(&file_name, failed);
            }
        }
    }
}
