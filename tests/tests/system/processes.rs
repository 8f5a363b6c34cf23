//! The program as processes that come and go.

use std::path::Path;

use reqwest::StatusCode;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::{jpeg, png};
use thumbnailify_tests::{Client, Process, Upload, eventually};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");
const IMAGES: usize = 100;

async fn upload_images(client: &Client) -> Vec<Upload> {
    let file = jpeg(1600, 1200);
    let mut uploads = Vec::new();
    for _ in 0..IMAGES {
        uploads.push(client.upload("image/jpeg", &file).await);
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

async fn ready(client: &Client) {
    eventually("readiness", async || {
        client
            .get("/readyz")
            .await?
            .status()
            .is_success()
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_completes_every_accepted_image_after_its_restart() {
    let folder = tempfile::tempdir().unwrap();
    let serve = || {
        Process::start(
            PROGRAM,
            folder.path(),
            &["serve", "--listen", "127.0.0.1:0"],
        )
    };
    let mut process = serve();
    let client = process.client();
    ready(&client).await;
    let uploads = upload_images(&client).await;
    some_but_not_all_are_completed(&client, &uploads).await;
    process.kill();
    let mut process = serve();
    all_are_completed(&process.client(), &uploads).await;
    assert!(process.terminate().success());
}

struct Fleet {
    nats: Server,
    redis: Server,
    folder: tempfile::TempDir,
}

impl Fleet {
    fn start() -> Self {
        let (mut nats, mut redis) = (Server::nats().unwrap(), Server::redis().unwrap());
        nats.start().unwrap();
        redis.start().unwrap();
        Self {
            nats,
            redis,
            folder: tempfile::tempdir().unwrap(),
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
    ready(&client).await;
    let uploads = upload_images(&client).await;
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
    ready(&client).await;
    let uploads = upload_images(&client).await;
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
async fn a_server_that_is_told_to_stop_ends_its_running_jobs_first() {
    let folder = tempfile::tempdir().unwrap();
    let serve = || {
        Process::start(
            PROGRAM,
            folder.path(),
            &["serve", "--listen", "127.0.0.1:0"],
        )
    };
    let mut process = serve();
    let client = process.client();
    ready(&client).await;
    let uploads = upload_images(&client).await;
    assert!(process.terminate().success());
    let mut process = serve();
    all_are_completed(&process.client(), &uploads).await;
    assert!(process.terminate().success());
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
    ready(&client).await;
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
