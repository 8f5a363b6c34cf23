//! The program as processes that come and go.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use tempfile::TempDir;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::{jpeg, png};
use thumbnailify_tests::{Client, Process, Upload, eventually};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");
const IMAGES: usize = 100;

/// A folder for processes whose workers have one slot, and a handler that can hold it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let handlers = folder.path().join("handlers");
    fs::create_dir(&handlers).unwrap();
    fs::write(handlers.join("faulty.wasm"), thumbnailify_bundle::FAULTY).unwrap();
    let settings = "[worker]\nslots = 1\nlease_s = 3\n[limits]\ndeadline_ms = 600_000\n";
    fs::write(folder.path().join("thumbnailify.toml"), settings).unwrap();
    folder
}

fn serve(folder: &TempDir) -> Process {
    let arguments = ["serve", "--listen", "127.0.0.1:0"];
    Process::start(PROGRAM, folder.path(), &arguments)
}

/// Uploads images to this many workers. Endless loops hold them meanwhile, so that the work on the images
/// begins after the last upload, however slow that is.
async fn upload_images(client: &Client, workers: usize) -> Vec<Upload> {
    let file = jpeg(1600, 1200);
    let mut holds = Vec::new();
    for _ in 0..workers {
        holds.push(client.upload("application/x-faulty", b"loop").await);
    }
    for hold in &holds {
        client.running(hold).await;
    }
    let mut uploads = Vec::new();
    for _ in 0..IMAGES {
        uploads.push(client.upload("image/jpeg", &file).await);
    }
    for hold in &holds {
        let deleted = client.send(Method::DELETE, &hold.path).await;
        assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    }
    uploads
}

async fn all_are_completed(client: &Client, uploads: &[Upload]) {
    for upload in uploads {
        let (code, status) = client.outcome(upload).await;
        assert_eq!(code, StatusCode::OK, "{status}");
    }
}

async fn some_but_not_all_are_completed(client: &Client, uploads: &[Upload]) {
    let code = async |upload: &Upload| client.get(&upload.path).await.unwrap().status();
    eventually("the first outcome", async || {
        (code(&uploads[0]).await == StatusCode::OK).then_some(())
    })
    .await;
    assert_eq!(
        code(&uploads[IMAGES - 1]).await,
        StatusCode::ACCEPTED,
        "the work was over too soon"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_completes_every_accepted_image_after_its_restart() {
    let folder = folder();
    let mut process = serve(&folder);
    let client = process.client();
    client.ready().await;
    let uploads = upload_images(&client, 1).await;
    some_but_not_all_are_completed(&client, &uploads).await;
    process.kill();
    let mut process = serve(&folder);
    all_are_completed(&process.client(), &uploads).await;
    assert!(process.terminate().success());
}

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
        Self {
            nats,
            redis,
            folder: folder(),
        }
    }

    fn process(&self, arguments: &[&str]) -> Process {
        let (queue, status) = (self.nats.url(), self.redis.url());
        let backends = ["--queue", &queue, "--status", &status, "--media", "./media"];
        let folder: &Path = self.folder.path();
        Process::start(PROGRAM, folder, &[arguments, &backends].concat())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_and_two_workers_share_the_work_and_survive_the_death_of_one() {
    let fleet = Fleet::start();
    let mut api = fleet.process(&["api", "--listen", "127.0.0.1:0"]);
    let client = api.client();
    let (first, second) = (fleet.process(&["worker"]), fleet.process(&["worker"]));
    client.ready().await;
    let uploads = upload_images(&client, 2).await;
    some_but_not_all_are_completed(&client, &uploads).await;
    first.kill();
    all_are_completed(&client, &uploads).await;
    assert!(second.terminate().success());
    assert!(api.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn images_wait_for_a_killed_worker_to_be_started_again() {
    let fleet = Fleet::start();
    let mut api = fleet.process(&["api", "--listen", "127.0.0.1:0"]);
    let client = api.client();
    let worker = fleet.process(&["worker"]);
    client.ready().await;
    let uploads = upload_images(&client, 1).await;
    some_but_not_all_are_completed(&client, &uploads).await;
    worker.kill();
    let accepted_meanwhile = client.upload("image/png", &png(300, 200)).await;
    let worker = fleet.process(&["worker"]);
    all_are_completed(&client, &uploads).await;
    all_are_completed(&client, &[accepted_meanwhile]).await;
    assert!(worker.terminate().success());
    assert!(api.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_costs_no_image_an_attempt() {
    let folder = folder();
    let mut process = serve(&folder);
    let client = process.client();
    client.ready().await;
    let uploads = upload_images(&client, 1).await;
    some_but_not_all_are_completed(&client, &uploads).await;
    assert!(process.terminate().success());
    let mut process = serve(&folder);
    let client = process.client();
    for upload in &uploads {
        let (code, status) = client.outcome(upload).await;
        assert_eq!(code, StatusCode::OK, "{status}");
        assert_eq!(status["attempts"], 1, "{status}");
    }
    assert!(process.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_ends_its_running_job_first() {
    let fleet = Fleet::start();
    let mut api = fleet.process(&["api", "--listen", "127.0.0.1:0"]);
    let client = api.client();
    let worker = fleet.process(&["worker"]);
    client.ready().await;
    // Large, so that it still runs when the worker is told.
    let upload = client.upload("image/png", &png(5000, 4000)).await;
    eventually("the worker to take the image", async || {
        let status: serde_json::Value = client.get(&upload.path).await?.json().await.ok()?;
        (status["phase"] != "queued").then_some(())
    })
    .await;
    assert!(worker.terminate().success());
    let answer = client.get(&upload.path).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(api.terminate().success());
}

async fn complete_many(client: &Client, jobs: usize) {
    const AT_ONCE: usize = 16;
    let files = [("image/png", png(300, 200)), ("image/jpeg", jpeg(300, 200))];
    let clients: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (client, files) = (client.clone(), files.clone());
            tokio::spawn(async move {
                for job in 0..jobs / AT_ONCE {
                    let (content_type, file) = files[job % files.len()].clone();
                    client.complete(content_type, file).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_a_server_stays_flat_over_thousands_of_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(
        PROGRAM,
        folder.path(),
        &["serve", "--listen", "127.0.0.1:0"],
    );
    let client = process.client();
    client.ready().await;
    complete_many(&client, 1_000).await;
    let before_kib = process.resident_kib();
    complete_many(&client, 4_000).await;
    let after_kib = process.resident_kib();
    println!("{before_kib} KiB after 1,000 jobs, {after_kib} KiB after 5,000");
    assert!(
        after_kib < before_kib + 16 * 1_024,
        "{before_kib} KiB grew to {after_kib} KiB"
    );
}
