//! Brings the `.wasm` files of the handlers folder into service, and takes them out again.
//!
//! A file counts once it has stayed as it is for a moment, so that a half-copied one is not taken for a
//! broken one. The kernel tells of changes; the folder is looked through now and then all the same, since
//! not every file system does.

mod notice;
mod scan;
mod seen;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use thumbnailify_core::LoadFaultKind;
use tokio_util::sync::CancellationToken;

use self::notice::Notice;
use self::scan::scan;
use self::seen::SeenFiles;
use crate::registry::FailedFile;
use crate::sandbox::Program;
use crate::{Candidate, Error, Handler, Loader, Registry, Result, ServiceConfig};

/// A folder of handlers that is kept in step with the registry.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    loader: Loader,
    registry: Arc<Registry>,
    config: ServiceConfig,
    seen: SeenFiles,
    /// The hashes of components that cannot be compiled with full effort within the limits.
    hopeless: BTreeSet<String>,
}

/// How often suspensions are looked at, however long a file takes.
const LIFT_EVERY: Duration = Duration::from_secs(1);

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
            seen: SeenFiles::default(),
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
        let registry = Arc::clone(&self.registry);
        while !stop.is_cancelled() {
            // What is being compiled when the worker stops is compiled at its next start.
            let stepped = tokio::select! {
                stepped = self.step_aside() => stepped,
                () = stop.cancelled() => return,
                () = lift_suspensions(&registry) => return,
            };
            let Some(folder) = stepped else {
                return;
            };
            self = folder;
            let pause = if self.seen.is_settled() {
                self.config.rescan()
            } else {
                self.config.stable()
            };
            let woken = async {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = notice.changed() => {}
                    () = lift_suspensions(&registry) => {}
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
        let changes = self.seen.take_in(&scan(&self.path)?, &self.config);
        for file_name in changes.removed {
            tracing::info!(file = file_name, "a handler is taken out of service");
            self.registry.remove(&file_name);
        }
        for file_name in &changes.to_load {
            self.deal_with(file_name, self.read(file_name));
        }
        // What has just come has jobs waiting for it, which need the cores more.
        if changes.to_load.is_empty() && self.seen.is_settled() {
            self.improve_one();
        }
        Ok(())
    }

    /// Compiles once more, with full effort, what was compiled in haste. One at a time, so that new files do
    /// not wait for long.
    fn improve_one(&mut self) {
        let has_hope = |handler: &Handler| !self.hopeless.contains(&handler.identity().sha256);
        let Some((file_name, handler)) = self.registry.could_be_faster(has_hope) else {
            return;
        };
        match self.better_code(&file_name, &handler.identity().sha256) {
            Ok(better) => handler.improve(better),
            Err(error) => {
                tracing::warn!(file = file_name, %error, "it stays as fast as it is");
                self.hopeless.insert(handler.identity().sha256.clone());
            }
        }
    }

    /// The file may be another by now than the one that its handler was made of.
    fn better_code(&self, file_name: &str, sha256: &str) -> Result<Program> {
        let candidate = self.read(file_name)?;
        if candidate.wasm.sha256() != sha256 {
            return Err(Error::HostFault("its file has changed".into()));
        }
        unharmed(|| self.loader.better_code(&candidate))
    }

    fn deal_with(&mut self, file_name: &str, candidate: Result<Candidate>) {
        let mut sha256 = String::new();
        let loaded = candidate.and_then(|candidate| {
            candidate.wasm.sha256().clone_into(&mut sha256);
            unharmed(|| self.loader.load_soon(&candidate))
        });
        match loaded {
            Ok(handler) => self.accept(file_name, handler),
            Err(error) => self.refuse(file_name, &error, sha256),
        }
    }

    fn load_where(&mut self, is_wanted: impl Fn(&Loader, &Candidate) -> bool) -> Result<()> {
        let found = scan(&self.path)?;
        self.seen.take_in(&found, &self.config);
        for file_name in found.keys() {
            match self.read(file_name) {
                Ok(candidate) if !is_wanted(&self.loader, &candidate) => {}
                candidate => self.deal_with(file_name, candidate),
            }
        }
        Ok(())
    }

    fn read(&self, file_name: &str) -> Result<Candidate> {
        Candidate::read(&self.path.join(file_name), self.loader.file_max_bytes())
    }

    fn accept(&mut self, file_name: &str, handler: Handler) {
        let identity = handler.identity();
        tracing::info!(
            file = file_name,
            handler = identity.name,
            version = identity.version,
            sha256 = identity.sha256,
            "a handler comes into service"
        );
        self.seen.done_with(file_name);
        self.hopeless.remove(&identity.sha256);
        self.registry.put(file_name, handler);
    }

    /// What is a fault of this machine may be gone later; what is the file's stays until it changes.
    fn refuse(&mut self, file_name: &str, error: &Error, sha256: String) {
        let kind = error.load_fault_kind();
        tracing::warn!(file = file_name, fault = kind.as_str(), %error, "a file is not a handler");
        if kind == LoadFaultKind::HostFault {
            self.seen.try_again(file_name);
        } else {
            self.seen.done_with(file_name);
        }
        let failed = FailedFile {
            file_name: file_name.to_owned(),
            sha256,
            kind,
            reason: error.for_everyone(),
        };
        self.registry.fail(file_name, failed);
    }
}

/// Does something with a stranger's component. A panic over it must not be the end of the watch.
fn unharmed<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What the work changes is thrown away after a panic.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::HostFault("the program itself fell over it".into())))
}

/// Never ends.
async fn lift_suspensions(registry: &Registry) {
    let mut clock = tokio::time::interval(LIFT_EVERY);
    loop {
        clock.tick().await;
        registry.lift_suspensions(Instant::now());
    }
}
