//! The command that shows how a system stands, and mends it.

use std::path::Path;
use std::process::{Command, Output};

use reqwest::StatusCode;
use tempfile::TempDir;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Client, Process, Upload};

use crate::reconciling::{place, plant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");

fn doctor(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("doctor").args(arguments).current_dir(folder);
    command.output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn completed(client: &Client) -> Upload {
    let upload = client.upload("image/png", &png(200, 100)).await;
    assert_eq!(client.outcome(&upload).await.0, StatusCode::OK);
    upload
}

fn serve(folder: &TempDir, backends: &[&str]) -> Process {
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    Process::start(PROGRAM, folder.path(), &[&serve, backends].concat())
}

fn check_in_order(output: &Output) {
    let text = printed(output);
    assert!(output.status.success(), "{text}");
    for line in [
        "processing                  0",
        "completed                   1",
        "out of order                nothing",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
}

async fn check_mends(folder: &TempDir, backends: &[&str], upload: &Upload) {
    check_in_order(&doctor(folder.path(), backends));
    let ((id, folders), media) = (place(upload), folder.path().join("data/media"));
    let orphan = plant(
        &media,
        &format!("thumbnails/{folders}/{id}.7-7.png"),
        b"orphan",
    );
    let unfinished = plant(&media, "tmp/begun", b"begun");

    let seen = doctor(folder.path(), backends);
    let text = printed(&seen);
    assert!(!seen.status.success(), "{text}");
    assert!(
        text.contains(&format!("orphan-thumbnail            1  {id}")),
        "{text}"
    );
    assert!(text.contains("unfinished-files            1"), "{text}");
    assert!(
        orphan.exists() && unfinished.exists(),
        "a look changes nothing"
    );

    let mended = doctor(folder.path(), &[&["--repair"], backends].concat());
    assert!(mended.status.success(), "{}", printed(&mended));
    assert!(!orphan.exists() && !unfinished.exists());
    check_in_order(&doctor(folder.path(), backends));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_is_looked_at_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = serve(&folder, &[]);
    let client = process.client();
    client.ready().await;
    let upload = completed(&client).await;
    let refused = doctor(folder.path(), &[]);
    let reason = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && reason.contains("another process"),
        "{reason}"
    );
    assert!(process.terminate().success());
    check_mends(&folder, &[], &upload).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_system_on_servers_is_looked_at_and_mended() {
    let (mut nats, mut redis) = (Server::nats().unwrap(), Server::redis().unwrap());
    nats.start().unwrap();
    redis.start().unwrap();
    let (queue, status) = (nats.url(), redis.url());
    let backends = ["--queue", &queue, "--status", &status];
    let folder = tempfile::tempdir().unwrap();
    let mut process = serve(&folder, &backends);
    let client = process.client();
    client.ready().await;
    let upload = completed(&client).await;
    check_mends(&folder, &backends, &upload).await;
    client.thumbnail(&upload).await;
    assert!(process.terminate().success());
}
