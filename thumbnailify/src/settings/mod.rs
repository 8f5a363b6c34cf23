//! Everything that can be set, from a file, `THUMBNAILIFY_*` variables and flags, in this order.

mod backend;
mod flags;
mod load;
mod together;
mod variables;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thumbnailify_backends::{DeadLetterSettings, DiskSettings, NatsSettings, RedisSettings};
use thumbnailify_core::InvalidSetting;
use thumbnailify_host::{
    BudgetPolicy, Class, CompileConfig, Limits, LimitsChange, ReconcileConfig, RetentionConfig,
    ServiceConfig, ThumbnailSpec, TrustConfig, WorkerConfig,
};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

pub use backend::{Queue, Status};
pub(crate) use flags::Flags;
pub(crate) use load::{Loaded, load};

/// Which part of the system a process is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// API and worker.
    Serve,
    /// API alone.
    Api,
    /// Worker alone.
    Worker,
}

/// The settings of a process.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address that the API listens on; port 0 takes a free one. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The folder that everything embedded lives under. Default `./data`.
    pub data: PathBuf,
    /// The folder of further handlers. Default `./handlers`.
    pub handlers: PathBuf,
    /// The queue: `embedded` or `nats://HOST:PORT`, several separated by commas. Default `embedded`.
    pub queue: Queue,
    /// The status store: `embedded` or `redis://HOST:PORT`. Default `embedded`.
    pub status: Status,
    /// The folder of originals and thumbnails, shared by all processes. Default `media` under `data`.
    pub media: Option<PathBuf>,
    /// The folder of compiled handlers, which no other user may write to. Default `cache` under `data`.
    pub cache: Option<PathBuf>,
    /// What is logged, and how.
    pub log: Log,
    /// The API's limits.
    pub api: thumbnailify_api::Config,
    /// How the worker takes jobs.
    pub worker: WorkerConfig,
    /// When and how a worker looks after what crashes left behind.
    pub reconcile: ReconcileConfig,
    /// How long images are kept.
    pub retention: RetentionConfig,
    /// What one run of a handler may take.
    pub limits: Limits,
    /// What handlers of a class may take instead: `image`, `video`, `audio`, `document`.
    pub class: BTreeMap<Class, LimitsChange>,
    /// What one handler, by its name, may take instead.
    pub handler: BTreeMap<String, LimitsChange>,
    /// How handlers come into service and out of it.
    pub service: ServiceConfig,
    /// Which files may become handlers.
    pub trust: TrustConfig,
    /// What compiling a handler may take.
    pub compile: CompileConfig,
    /// The program that compiles handlers, as `PROGRAM compile-handler MIB SECONDS EFFORT`. Default: this one.
    pub compiler: Option<PathBuf>,
    /// The thumbnail that is made.
    pub thumbnail: ThumbnailSpec,
    /// How many letters of jobs that were given up are kept, and for how long.
    pub dead_letters: DeadLetterSettings,
    /// How much of the disk new uploads leave free.
    pub disk: DiskSettings,
    /// Details of the NATS queue.
    pub nats: NatsSettings,
    /// Details of the Redis status store.
    pub redis: RedisSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("./data"),
            handlers: PathBuf::from("./handlers"),
            queue: Queue::Embedded,
            status: Status::Embedded,
            media: None,
            cache: None,
            log: Log::default(),
            api: thumbnailify_api::Config::default(),
            worker: WorkerConfig::default(),
            reconcile: ReconcileConfig::default(),
            retention: RetentionConfig::default(),
            limits: Limits::default(),
            class: BudgetPolicy::default_classes(),
            handler: BTreeMap::new(),
            service: ServiceConfig::default(),
            trust: TrustConfig::default(),
            compile: CompileConfig::default(),
            compiler: None,
            thumbnail: ThumbnailSpec::default(),
            dead_letters: DeadLetterSettings::default(),
            disk: DiskSettings::default(),
            nats: NatsSettings::default(),
            redis: RedisSettings::default(),
        }
    }
}

/// What is logged, and how.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What is logged, in the words of `tracing`'s `EnvFilter`. Default `info`.
    pub filter: String,
    /// `text` or `json`. Default `text`.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".into(),
            format: LogFormat::Text,
        }
    }
}

impl Log {
    /// What is logged, as the log understands it.
    pub(crate) fn parsed_filter(&self) -> Result<EnvFilter, ParseError> {
        EnvFilter::try_new(&self.filter)
    }

    fn validate(&self) -> Result<(), InvalidSetting> {
        let understood = self.parsed_filter().is_ok();
        InvalidSetting::unless(
            understood,
            "log.filter",
            "must be levels such as `info` or `warn,thumbnailify_host=debug`",
        )
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs, an object a line.
    Json,
}

impl Settings {
    /// Checks everything that can be checked before anything starts.
    ///
    /// # Errors
    /// The first setting that cannot be used in this role.
    pub fn validate(&self, role: Role) -> Result<(), InvalidSetting> {
        let alone = role != Role::Serve;
        let shared_queue = !(alone && self.queue == Queue::Embedded);
        InvalidSetting::unless(
            shared_queue,
            "queue",
            "must be a nats:// URL: `api` and `worker` are processes of their own, and only `serve` can use the embedded queue",
        )?;
        let shared_status = !(alone && self.status == Status::Embedded);
        InvalidSetting::unless(
            shared_status,
            "status",
            "must be a redis:// URL: `api` and `worker` are processes of their own, and only `serve` can use the embedded status store",
        )?;
        self.log.validate()?;
        self.api.validate()?;
        self.worker.validate()?;
        self.reconcile.validate()?;
        self.retention.validate()?;
        self.budgets().validate()?;
        self.service.validate()?;
        self.trust.validate()?;
        self.compile.validate()?;
        self.thumbnail.validate()?;
        self.dead_letters.validate()?;
        self.disk.validate()?;
        self.nats.validate()?;
        self.redis.validate()?;
        self.validate_together()
    }

    /// The folder of originals and thumbnails.
    #[must_use]
    pub fn media_folder(&self) -> PathBuf {
        self.media
            .clone()
            .unwrap_or_else(|| self.data.join("media"))
    }

    /// What each handler may take.
    pub(crate) fn budgets(&self) -> BudgetPolicy {
        BudgetPolicy {
            limits: self.limits.clone(),
            classes: self.class.clone(),
            handlers: self.handler.clone(),
        }
    }

    /// The folder of compiled handlers.
    #[must_use]
    pub fn cache_folder(&self) -> PathBuf {
        self.cache
            .clone()
            .unwrap_or_else(|| self.data.join("cache"))
    }
}
