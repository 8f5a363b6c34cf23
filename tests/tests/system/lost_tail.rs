//! A server comes back with the files that it had a while before. What was accepted ends all the same.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_test_servers::{Cluster, ClusterPlan};
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Client, Upload, compile_cache, eventually};

use crate::metrics::becomes;

/// Looks at everything each second. Originals stay after the outcome, for longer than the tail that is lost.
const SETTINGS: &str = "
[worker]
slots = 1
lease_s = 3
retry_delays_ms = [1_000]
[redis]
settle_ms = 600_000
[reconcile]
open_s = 1
lead_s = 2
originals_s = 1
thumbnails_s = 1
ghosts_s = 1
records_s = 1
unpublished_after_s = 1
unclaimed_after_s = 2
lapsed_after_s = 1
unrecorded_after_s = 10
";

/// What each upload asks for.
const WIDTH: u32 = 40;

struct Losing {
    cluster: Cluster,
    client: Client,
    _folder: TempDir,
}

impl Losing {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(folder.path());
        let start = tokio::task::spawn_blocking(move || Cluster::start(&plan));
        let cluster = start.await.unwrap().unwrap();
        let address = cluster.url.strip_prefix("http://").unwrap();
        Self {
            client: Client::new(address.parse().unwrap()),
            cluster,
            _folder: folder,
        }
    }

    async fn upload(&self, count: usize) -> Vec<Upload> {
        let mut uploads = Vec::new();
        for _ in 0..count {
            let file = png(200, 100);
            let upload = self
                .client
                .upload_with(&format!("width={WIDTH}"), "image/png", &file)
                .await;
            uploads.push(upload);
        }
        uploads
    }

    async fn delete(&self, upload: &Upload) {
        let deleted = self.client.send(Method::DELETE, &upload.path).await;
        assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    }

    fn worker_pauses(&self) {
        self.cluster.workers[0].pause().unwrap();
    }

    fn worker_goes_on(&self) {
        self.cluster.workers[0].resume().unwrap();
    }

    /// Waits until each is completed with the width that was asked for.
    async fn are_completed(&self, uploads: &[Upload]) -> Vec<Value> {
        self.are_completed_with(WIDTH, uploads).await
    }

    /// The same with another width. Some are unknown for a while.
    async fn are_completed_with(&self, width: u32, uploads: &[Upload]) -> Vec<Value> {
        let mut statuses = Vec::new();
        for upload in uploads {
            let status = eventually("an image to be completed", async || {
                let answer = self.client.get(&upload.path).await?;
                let is_done = answer.status() == StatusCode::OK;
                is_done.then_some(answer.json::<Value>().await.ok()?)
            })
            .await;
            assert_eq!(status["thumbnail"]["width"], width, "{status}");
            self.client.thumbnail(upload).await;
            statuses.push(status);
        }
        statuses
    }

    async fn is_unknown(&self, upload: &Upload) -> bool {
        let answer = self.client.get(&upload.path).await.unwrap();
        answer.status() == StatusCode::NOT_FOUND
    }

    async fn stop(self) {
        let stop = tokio::task::spawn_blocking(move || self.cluster.stop());
        stop.await.unwrap().unwrap();
    }
}

fn plan(folder: &Path) -> ClusterPlan {
    let settings = folder.join("settings.toml");
    fs::write(&settings, SETTINGS).unwrap();
    ClusterPlan {
        program: env!("CARGO_BIN_EXE_thumbnailify-under-test").into(),
        folder: folder.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        workers: 1,
        arguments: vec![
            "--config".into(),
            settings.into(),
            "--cache".into(),
            compile_cache().into(),
        ],
    }
}

/// Jobs that were acknowledged come again, and jobs that were published are gone.
#[tokio::test(flavor = "multi_thread")]
async fn every_image_ends_though_nats_lost_its_last_publishes_and_acknowledgements() {
    let mut losing = Losing::start().await;
    losing.worker_pauses();
    let mut earlier = losing.upload(4).await;
    let snapshot = losing.cluster.nats.snapshot().unwrap();
    losing.worker_goes_on();
    losing.are_completed(&earlier).await;
    losing.worker_pauses();
    let mut later = losing.upload(4).await;
    let deleted = [earlier.pop().unwrap(), later.pop().unwrap()];
    for upload in &deleted {
        losing.delete(upload).await;
    }
    losing.cluster.nats.go_back_to(&snapshot).unwrap();
    losing.worker_goes_on();

    losing.are_completed(&later).await;
    becomes(&losing.client, "thumbnailify_queue_jobs", &[], 0.0).await;
    for status in losing.are_completed(&earlier).await {
        assert_eq!(status["attempts"], 1, "it is not made again: {status}");
        assert_eq!(status["history"].as_array().unwrap().len(), 3, "{status}");
    }
    for upload in &deleted {
        assert!(losing.is_unknown(upload).await, "it returned");
    }
    losing.stop().await;
}

/// Outcomes are lost, records are, and a deletion is. The queue has nothing any more that would tell.
#[tokio::test(flavor = "multi_thread")]
async fn every_image_ends_though_redis_lost_its_last_records_outcomes_and_deletions() {
    let mut losing = Losing::start().await;
    // Enough of them keep their files for the folder to be taken for the right one.
    let mut kept = losing.upload(4).await;
    losing.are_completed(&kept).await;
    losing.worker_pauses();
    let outcome_lost = losing.upload(3).await;
    let snapshot = losing.cluster.redis.snapshot().unwrap();
    losing.worker_goes_on();
    losing.are_completed(&outcome_lost).await;
    let deletion_lost = kept.pop().unwrap();
    losing.delete(&deletion_lost).await;
    let all_lost = losing.upload(2).await;
    losing.are_completed(&all_lost).await;
    losing.worker_pauses();
    let record_lost = losing.upload(3).await;
    losing.cluster.redis.go_back_to(&snapshot).unwrap();
    losing.worker_goes_on();

    losing.are_completed(&kept).await;
    losing.are_completed(&outcome_lost).await;
    losing.are_completed(&record_lost).await;
    is_an_error_or_gone(&losing.client, &deletion_lost).await;
    // Of these there is the original alone, which knows nothing of options.
    losing.are_completed_with(100, &all_lost).await;
    losing.stop().await;
}

/// The record of a deletion that is lost is back. Its files are not, so that there is nothing to show.
async fn is_an_error_or_gone(client: &Client, deleted: &Upload) {
    eventually("the end of a deleted image", async || {
        let thumbnail = format!("{}/thumbnail", deleted.path);
        let thumbnail = client.get(&thumbnail).await?;
        assert_ne!(thumbnail.status(), StatusCode::OK, "it returned");
        let status = client.get(&deleted.path).await?.status();
        (status != StatusCode::OK && status != StatusCode::ACCEPTED).then_some(())
    })
    .await;
}
