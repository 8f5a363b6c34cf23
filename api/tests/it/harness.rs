//! Starts the API on a free port, and plays the worker behind it.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_api::{Api, Config, registry, serve};
use thumbnailify_backends::{DiskStore, Embedded};
use thumbnailify_core::{
    Budgets, Catalog, Claim, ClaimRequest, ClaimToken, Cost, Durations, FaultKind, Finish,
    HandledType, HandlerCounters, HandlerIdentity, HandlerState, HandlerSummary, Job,
    LoadFaultKind, MediaId, MediaKey, Ports, Side, Thumbnail, Upkeep, Verdict,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A stand-in for a picture: the API never looks inside.
pub(crate) const PICTURE: &[u8] = b"\x89PNG not really";

/// `PICTURE` in base64.
pub(crate) const PICTURE_BASE64: &str = "iVBORyBub3QgcmVhbGx5";

/// The longest side that a client may ask for.
const LARGEST_SIDE: Side = Side::new(1_000).unwrap();

/// A running API with everything behind it.
#[derive(Debug)]
pub(crate) struct TestApi {
    pub(crate) ports: Ports,
    pub(crate) client: Client,
    address: String,
    folder: TempDir,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

impl TestApi {
    /// Starts an API that a worker with a PNG and a JPEG handler was announced to.
    pub(crate) async fn start() -> Self {
        let api = Self::start_without_worker(Config::default()).await;
        api.announce_worker().await;
        api
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        let api = Self::start_without_worker(config).await;
        api.announce_worker().await;
        api
    }

    pub(crate) async fn start_without_worker(config: Config) -> Self {
        Self::start_changed(config, |ports| ports).await
    }

    /// Starts an API with something put between it and the backends.
    pub(crate) async fn start_changed(config: Config, change: impl FnOnce(Ports) -> Ports) -> Self {
        config.validate().unwrap();
        let folder = TempDir::new().unwrap();
        let embedded = Embedded::open(folder.path()).unwrap();
        let media = Arc::new(DiskStore::open(&folder.path().join("media")).unwrap());
        let ports = change(Ports {
            queue: embedded.job_queue(),
            status: embedded.status_store(),
            media: Arc::clone(&media) as _,
            catalog: embedded.catalog_store(),
            quarantine: embedded.quarantine(),
            dead_letters: embedded.dead_letters(),
            upkeep: Upkeep {
                queue: embedded.queue_upkeep(),
                status: embedded.status_upkeep(),
                media,
            },
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let api = Api::new(ports.clone(), config, LARGEST_SIDE, registry());
        let server = tokio::spawn(serve(listener, api, stopped));
        Self {
            ports,
            client: Client::new(),
            address,
            folder,
            stop,
            server,
        }
    }

    pub(crate) async fn announce_worker(&self) {
        let handlers = vec![
            ready_handler("png"),
            ready_handler("jpeg"),
            failed_handler("gif"),
        ];
        self.announce("worker-1", handlers).await;
    }

    /// Announces that a worker has these handlers and no others.
    pub(crate) async fn announce(&self, worker: &str, handlers: Vec<HandlerSummary>) {
        let catalog = Catalog { handlers };
        let announced = self.ports.catalog.announce(worker, &catalog).await;
        announced.unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// Prepares an upload of base64 text.
    pub(crate) fn post(&self, media_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.client
            .post(self.url("/images"))
            .header(CONTENT_TYPE, media_type)
            .body(body)
    }

    /// Uploads the stand-in picture and returns its id.
    pub(crate) async fn upload(&self) -> MediaId {
        let answer = self.post("image/png", PICTURE_BASE64).send().await.unwrap();
        let answer = Answer::expect(answer, StatusCode::ACCEPTED).await;
        answer.body["media_id"].as_str().unwrap().parse().unwrap()
    }

    /// Opens a bare connection, for what no client library would do.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    /// Tells the server to stop, and does not wait for it.
    pub(crate) fn tell_to_stop(&self) {
        self.stop.cancel();
    }

    /// Tells the server to stop and waits until it has.
    pub(crate) async fn stop(&mut self) {
        self.stop.cancel();
        within_deadline(&mut self.server).await.unwrap();
    }

    /// The names of all files in the media store.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut folders = vec![self.folder.path().join("media")];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        files.sort();
        files
    }
}

/// The worker's side.
impl TestApi {
    /// Takes the next job off the queue.
    pub(crate) async fn take_job(&self) -> Job {
        let delivery = within_deadline(self.ports.queue.pull()).await.unwrap();
        let job = delivery.job().clone();
        delivery.ack().await.unwrap();
        job
    }

    pub(crate) async fn claim(&self, id: MediaId) -> ClaimToken {
        let token = ClaimToken::random();
        let lease = Duration::from_secs(30);
        let request = ClaimRequest {
            token,
            epoch: 1,
            lease,
            attempt_budget: 5,
            worker: "worker-1".to_owned(),
        };
        let claim = self.ports.status.claim(id, &request).await.unwrap();
        assert_eq!(claim, Claim::Granted { attempt: 1 });
        token
    }

    /// Completes a medium with these bytes as its thumbnail.
    pub(crate) async fn complete(&self, id: MediaId, bytes: &'static [u8]) {
        let token = self.claim(id).await;
        let media_type = "image/png".parse().unwrap();
        let key = MediaKey::thumbnail(id, 1, 1, &media_type);
        let body = stream::iter([Ok(Bytes::from_static(bytes))]).boxed();
        self.ports.media.put(&key, body).await.unwrap();
        let thumbnail = Thumbnail {
            epoch: 1,
            attempt: 1,
            media_type,
            bytes: u64::try_from(bytes.len()).unwrap(),
            width: 100,
            height: 75,
            sha256: "c0ffee".to_owned(),
        };
        let verdict = Verdict::Completed {
            message: "Image processed".to_owned(),
            thumbnail,
            handler: identity("png"),
            cost: Cost {
                cpu_us: 1_500,
                peak_memory_bytes: 1 << 20,
            },
        };
        self.finish(id, token, &verdict).await;
    }

    /// Ends a medium with an error that is not the handler's fault.
    pub(crate) async fn fail(&self, id: MediaId, code: u16, message: &str) {
        self.fail_by(id, code, message, None).await;
    }

    /// Ends a medium with an error.
    pub(crate) async fn fail_by(
        &self,
        id: MediaId,
        code: u16,
        message: &str,
        fault: Option<FaultKind>,
    ) {
        let token = self.claim(id).await;
        let message = message.to_owned();
        let verdict = Verdict::Error {
            message,
            code,
            handler: Some(identity("png")),
            cost: None,
            fault,
        };
        self.finish(id, token, &verdict).await;
    }

    async fn finish(&self, id: MediaId, token: ClaimToken, verdict: &Verdict) {
        let finish = self.ports.status.finish(id, token, verdict).await.unwrap();
        assert_eq!(finish, Finish::Stored);
    }
}

fn identity(name: &str) -> HandlerIdentity {
    let (version, sha256) = ("1.2.3".to_owned(), "beef".to_owned());
    HandlerIdentity {
        name: name.to_owned(),
        version,
        sha256,
    }
}

pub(crate) fn ready_handler(name: &str) -> HandlerSummary {
    let mime = format!("image/{name}").parse().unwrap();
    HandlerSummary {
        identity: identity(name),
        origin: "builtin".to_owned(),
        media_types: vec![HandledType {
            mime,
            extensions: vec![name.to_owned()],
        }],
        imports: vec!["thumbnailify:handler/source@1.0.0".to_owned()],
        budgets: Some(budgets()),
        counters: HandlerCounters::default(),
        warnings: Vec::new(),
        state: HandlerState::Ready,
    }
}

fn budgets() -> Budgets {
    Budgets {
        memory_mib: 256,
        deadline_ms: 5_000,
        read_mib: 64,
        read_calls: 100_000,
        source_megapixels: 64,
        raster_mib: 64,
        frames: 100,
        log_lines: 100,
    }
}

pub(crate) fn failed_handler(name: &str) -> HandlerSummary {
    HandlerSummary {
        budgets: None,
        state: HandlerState::Failed {
            kind: LoadFaultKind::NotAComponent,
            reason: "it is not a component".to_owned(),
        },
        ..ready_handler(name)
    }
}

pub(crate) fn suspended_handler(name: &str) -> HandlerSummary {
    HandlerSummary {
        state: HandlerState::Suspended {
            reason: "it crashed 5 times; a new file lifts it".to_owned(),
        },
        ..ready_handler(name)
    }
}

/// What a handler did in as many runs of this duration, all of which gave a thumbnail.
pub(crate) fn runs(count: u64, duration_us: u64) -> HandlerCounters {
    let mut durations = Durations::default();
    (0..count).for_each(|_| durations.record(duration_us));
    HandlerCounters {
        jobs: count,
        completed: count,
        durations,
        peak_memory_bytes: 1 << 20,
        ..HandlerCounters::default()
    }
}

/// An answer that was read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    /// `Null` where the body is empty.
    pub(crate) body: Value,
}

impl Answer {
    /// Reads a JSON answer, which must have this code.
    pub(crate) async fn expect(response: Response, code: StatusCode) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        assert_eq!(status, code, "{text}");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Self { headers, body }
    }

    /// Reads a problem, which must have this code.
    pub(crate) async fn expect_problem(response: Response, code: StatusCode) -> Self {
        let answer = Self::expect(response, code).await;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.body["status"], code.as_u16());
        assert_eq!(answer.body["message"], answer.body["detail"]);
        assert!(answer.body["type"].is_string() && answer.body["title"].is_string());
        answer
    }

    /// The text of a header, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Waits for something that must happen soon.
pub(crate) async fn within_deadline<T>(future: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(20);
    tokio::time::timeout(deadline, future)
        .await
        .expect("it should have happened by now")
}

/// Waits until a condition holds, asking again and again.
pub(crate) async fn eventually(what: impl Debug, mut holds: impl AsyncFnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let asking = async {
        while !holds().await {
            ticks.tick().await;
        }
    };
    let deadline = Duration::from_secs(20);
    assert!(
        tokio::time::timeout(deadline, asking).await.is_ok(),
        "it never came to {what:?}"
    );
}
