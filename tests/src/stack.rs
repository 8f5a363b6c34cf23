use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use thumbnailify::{Role, Running, Settings};
use thumbnailify_test_servers::Server;
use tokio_util::sync::CancellationToken;

use crate::repeating_queue::{Copies, RepeatingQueue};
use crate::{Client, eventually};

/// Where jobs and statuses are.
#[derive(Debug)]
pub enum Backends {
    /// In the process.
    Embedded,
    /// In real servers of their own.
    Servers {
        /// The queue.
        nats: Box<Server>,
        /// The statuses.
        redis: Box<Server>,
    },
    /// In these, with a queue that delivers everything several times.
    Repeating(Box<Self>),
}

impl Backends {
    /// Starts a NATS and a Redis server.
    #[must_use]
    pub fn servers() -> Self {
        let mut servers = Self::servers_to_be_started();
        if let Self::Servers { nats, redis } = &mut servers {
            nats.start().unwrap();
            redis.start().unwrap();
        }
        servers
    }

    /// NATS and Redis servers, and everything delivered at once again, late, and after it was acknowledged.
    #[must_use]
    pub fn repeating() -> Self {
        Self::Repeating(Box::new(Self::servers()))
    }

    /// A NATS and a Redis server that do not run yet.
    #[must_use]
    pub fn servers_to_be_started() -> Self {
        Self::Servers {
            nats: Box::new(Server::nats().unwrap()),
            redis: Box::new(Server::redis().unwrap()),
        }
    }

    fn apply_to(&self, settings: &mut Settings) {
        if let Self::Servers { nats, redis } = self {
            settings.queue = nats.url().parse().unwrap();
            settings.status = redis.url().parse().unwrap();
        }
    }
}

/// API and worker in this process, on backends and folders of their own.
#[derive(Debug)]
pub struct Stack {
    /// Talks to the API.
    pub client: Client,
    /// Where jobs and statuses are.
    pub backends: Backends,
    copies: Option<Arc<Copies>>,
    running: Running,
    stop: CancellationToken,
    folder: TempDir,
}

impl Stack {
    /// Starts a stack with the default settings.
    pub async fn start(backends: Backends) -> Self {
        Self::start_with(backends, |_| {}).await
    }

    /// Starts a stack with changed settings, and waits until it is ready.
    pub async fn start_with(backends: Backends, change: impl FnOnce(&mut Settings)) -> Self {
        let stack = Self::launch(backends, change).await;
        stack.ready().await;
        stack
    }

    /// Starts a stack with changed settings, which need not become ready.
    pub async fn launch(backends: Backends, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings_in(folder.path());
        let (backends, repeats) = match backends {
            Backends::Repeating(backends) => (*backends, true),
            backends => (backends, false),
        };
        backends.apply_to(&mut settings);
        change(&mut settings);
        let mut ports = thumbnailify::ports(&settings).await.unwrap();
        let mut copies = None;
        if repeats {
            let queue = RepeatingQueue::over(ports.queue);
            copies = Some(queue.copies());
            ports.queue = Arc::new(queue);
        }
        let stop = CancellationToken::new();
        let running = thumbnailify::start_on(Role::Serve, settings, ports, stop.clone())
            .await
            .unwrap();
        let client = Client::new(running.address().unwrap());
        Self {
            client,
            backends,
            copies,
            running,
            stop,
            folder,
        }
    }

    /// How many deliveries that were made once more were acknowledged.
    #[must_use]
    pub fn acknowledged_copies(&self) -> usize {
        self.copies
            .as_ref()
            .map_or(0, |copies| copies.acknowledged())
    }

    /// Waits until the stack says that it is ready, and every file of the handlers folder is dealt with.
    pub async fn ready(&self) {
        self.client.ready().await;
        for file in fs::read_dir(self.handlers_folder()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            eventually(&name, async || {
                (!self.client.handlers_of(&name).await.is_empty()).then_some(())
            })
            .await;
        }
    }

    /// The folder of handlers that is watched.
    #[must_use]
    pub fn handlers_folder(&self) -> PathBuf {
        self.folder.path().join("handlers")
    }

    /// The folder of originals and thumbnails.
    #[must_use]
    pub fn media_folder(&self) -> PathBuf {
        self.folder.path().join("data/media")
    }

    /// Copies a component into the folder of handlers, as a user would.
    pub fn drop_in(&self, file_name: &str, component: &[u8]) {
        fs::write(self.handlers_folder().join(file_name), component).unwrap();
    }

    /// Takes a component out of the folder of handlers.
    pub fn take_out(&self, file_name: &str) {
        fs::remove_file(self.handlers_folder().join(file_name)).unwrap();
    }

    /// Whether the stack says that it is ready.
    pub async fn is_ready(&self) -> bool {
        self.client.is_ready().await
    }

    /// The files of a folder under the data folder, at any depth, but for the one that says which system they are of.
    #[must_use]
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(&self.folder.path().join("data").join(folder), &mut files);
        files.retain(|file| !file.ends_with("system-id"));
        files
    }

    /// Stops the stack as SIGTERM would, and waits until it has drained.
    pub async fn stop(self) {
        self.stop.cancel();
        self.running.ended().await.unwrap();
    }
}

/// Settings that keep everything in a folder; only compiled handlers are shared between tests.
fn settings_in(folder: &Path) -> Settings {
    let handlers = folder.join("handlers");
    fs::create_dir(&handlers).unwrap();
    fs::write(handlers.join("faulty.wasm"), thumbnailify_bundle::FAULTY).unwrap();
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data: folder.join("data"),
        handlers,
        cache: Some(compile_cache()),
        compiler: Some(program_under_test()),
        ..Settings::default()
    }
}

/// The program, which cargo builds beside the test binaries.
///
/// # Panics
/// The tests were not started by cargo.
#[must_use]
pub fn program_under_test() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.ancestors().nth(2).unwrap();
    built.join("thumbnailify-under-test")
}

/// The folder of compiled handlers, shared between tests.
#[must_use]
pub fn compile_cache() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tests-compiled-handlers")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
