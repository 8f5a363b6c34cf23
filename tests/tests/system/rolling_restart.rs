//! APIs and workers are replaced one after the other, while clients go on.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Client, Process, Upload, eventually};
use tokio::task::JoinSet;

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");

/// The notice is much longer than the pause between two questions of the balancer.
const SETTINGS: &str = "
[worker]
slots = 1
lease_s = 10
[api]
notice_ms = 3_000
";

/// How many clients there are at a time.
const CLIENTS: usize = 4;

/// Spreads requests over the APIs that say that they are ready, on connections that are kept, as a proxy does.
///
/// A connection that is refused was never one, so its request goes to the other API. Nothing else is repeated.
struct Balancer {
    http: reqwest::Client,
    apis: Mutex<Vec<Target>>,
    turn: AtomicUsize,
}

#[derive(Clone)]
struct Target {
    url: String,
    is_ready: Arc<AtomicBool>,
}

impl Balancer {
    fn new() -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            apis: Mutex::default(),
            turn: AtomicUsize::new(0),
        }
    }

    fn add(&self, url: &str) {
        let target = Target {
            url: url.to_owned(),
            is_ready: Arc::new(AtomicBool::new(true)),
        };
        self.apis.lock().unwrap().push(target);
    }

    fn remove(&self, url: &str) {
        self.apis.lock().unwrap().retain(|target| target.url != url);
    }

    /// Asks each API over and over whether it is ready.
    async fn watch(&self) {
        // A connection of its own for each question, so that none ends between two.
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0);
        let http = http.build().unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            let targets = self.apis.lock().unwrap().clone();
            for target in targets {
                let answer = http.get(format!("{}/readyz", target.url)).send().await;
                let is_ready = answer.is_ok_and(|answer| answer.status().is_success());
                target.is_ready.store(is_ready, Ordering::Relaxed);
            }
        }
    }

    fn next(&self) -> Target {
        let apis = self.apis.lock().unwrap();
        let ready: Vec<_> = apis
            .iter()
            .filter(|api| api.is_ready.load(Ordering::Relaxed))
            .collect();
        // With none that is ready any is as good.
        let among = if ready.is_empty() {
            apis.iter().collect()
        } else {
            ready
        };
        among[self.turn.fetch_add(1, Ordering::Relaxed) % among.len()].clone()
    }

    async fn send(&self, request: impl Fn(&reqwest::Client, &str) -> RequestBuilder) -> Response {
        loop {
            match request(&self.http, &self.next().url).send().await {
                Ok(answer) => return answer,
                Err(error) => assert!(error.is_connect(), "a request failed: {error:?}"),
            }
        }
    }

    /// Uploads a picture, and asks for its status.
    async fn upload(&self, file: &[u8]) -> Upload {
        let body = BASE64_STANDARD.encode(file);
        let answer = self.send(|http, url| {
            let request = http.post(format!("{url}/images")).body(body.clone());
            request.header("content-type", "image/png")
        });
        let answer = answer.await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let path = answer.headers()["location"].to_str().unwrap().to_owned();
        let accepted = answer.json().await.unwrap();
        let status = self
            .send(|http, url| http.get(format!("{url}{path}")))
            .await;
        assert!(status.status().is_success(), "{}", status.status());
        status.bytes().await.unwrap();
        Upload { path, accepted }
    }
}

/// Servers, and a folder for processes.
struct Fleet {
    nats: Server,
    redis: Server,
    folder: TempDir,
}

impl Fleet {
    fn start() -> Self {
        let (mut nats, mut redis) = (Server::nats().unwrap(), Server::redis().unwrap());
        nats.start().unwrap();
        redis.start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thumbnailify.toml"), SETTINGS).unwrap();
        Self {
            nats,
            redis,
            folder,
        }
    }

    fn process(&self, arguments: &[&str]) -> Process {
        let (queue, status) = (self.nats.url(), self.redis.url());
        let backends = ["--queue", &queue, "--status", &status, "--media", "./media"];
        let arguments = [arguments, &backends].concat();
        Process::start(PROGRAM, self.folder.path(), &arguments)
    }

    async fn api(&self) -> (Process, Client) {
        let mut api = self.process(&["api", "--listen", "127.0.0.1:0"]);
        let client = api.client();
        client.ready().await;
        (api, client)
    }

    async fn worker(&self) -> Process {
        let mut worker = self.process(&["worker"]);
        worker.client().ready().await;
        worker
    }
}

/// Ends a process as a supervisor does, while everything else goes on.
async fn ends_well(process: Process) {
    let ended = tokio::task::spawn_blocking(move || process.terminate());
    assert!(ended.await.unwrap().success());
}

async fn until(uploads: &AtomicUsize, more: usize) {
    let goal = uploads.load(Ordering::Relaxed) + more;
    eventually("more uploads", async || {
        (uploads.load(Ordering::Relaxed) >= goal).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_every_process_is_replaced() {
    let fleet = Fleet::start();
    let mut workers = vec![fleet.worker().await, fleet.worker().await];
    let mut apis = vec![fleet.api().await, fleet.api().await];
    let balancer = Arc::new(Balancer::new());
    for (_, client) in &apis {
        balancer.add(client.url());
    }
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let watching = {
        let balancer = Arc::clone(&balancer);
        tokio::spawn(async move { balancer.watch().await })
    };
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (balancer, stop, count) =
            (Arc::clone(&balancer), Arc::clone(&stop), Arc::clone(&count));
        clients.spawn(async move {
            let (file, mut uploads) = (png(200, 100), Vec::new());
            while !stop.load(Ordering::Relaxed) {
                uploads.push(balancer.upload(&file).await);
                count.fetch_add(1, Ordering::Relaxed);
            }
            uploads
        });
    }

    until(&count, 50).await;
    for _ in 0..apis.len() {
        let (new, client) = fleet.api().await;
        balancer.add(client.url());
        let (old, old_client) = apis.remove(0);
        ends_well(old).await;
        balancer.remove(old_client.url());
        apis.push((new, client));
        until(&count, 50).await;
    }
    for _ in 0..workers.len() {
        let new = fleet.worker().await;
        ends_well(workers.remove(0)).await;
        workers.push(new);
        until(&count, 50).await;
    }
    stop.store(true, Ordering::Relaxed);
    let uploads = clients.join_all().await.concat();
    watching.abort();
    for upload in &uploads {
        let (code, status) = apis[0].1.outcome(upload).await;
        assert_eq!(code, StatusCode::OK, "{status}");
        assert_eq!(status["attempts"], Value::from(1), "{status}");
    }
    println!("{} uploads", uploads.len());
}
