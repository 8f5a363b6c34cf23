//! What crashes and losses leave behind is found and put right.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use thumbnailify::Settings;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, Upload, eventually};

use crate::metrics::becomes;

on_every_backend!(
    an_original_without_a_record_becomes_an_image,
    what_a_deletion_left_behind_is_removed,
    orphan_thumbnails_and_unfinished_files_are_removed_and_nothing_else,
    the_original_of_a_completed_image_is_removed,
    a_lost_thumbnail_is_made_again_while_there_is_the_original,
    an_image_whose_files_are_lost_ends_as_an_error,
    images_are_deleted_at_the_end_of_their_time,
    a_folder_that_cannot_be_read_keeps_no_other_from_its_round,
    an_upload_that_the_disk_has_no_room_for_leaves_nothing,
);

/// Looks at everything each second, and waits for nothing but what is a danger to files that are being made.
pub(crate) fn quick(settings: &mut Settings) {
    let reconcile = &mut settings.reconcile;
    (reconcile.open_s, reconcile.lead_s) = (1, 2);
    (reconcile.originals_s, reconcile.thumbnails_s) = (1, 1);
    (reconcile.ghosts_s, reconcile.records_s) = (1, 1);
    (reconcile.unpublished_after_s, reconcile.unclaimed_after_s) = (1, 2);
    (reconcile.lapsed_after_s, reconcile.unrecorded_after_s) = (1, 10);
}

async fn start(backends: Backends, change: impl FnOnce(&mut Settings)) -> Stack {
    Stack::start_with(backends, |settings| {
        quick(settings);
        change(settings);
    })
    .await
}

/// Puts a file of a day ago where a crash could have left it.
pub(crate) fn plant(media: &Path, path: &str, bytes: &[u8]) -> PathBuf {
    let path = media.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    file.set_modified(yesterday).unwrap();
    path
}

/// The id of an upload, and the folders that its files are in.
pub(crate) fn place(upload: &Upload) -> (&str, String) {
    let id = upload.path.rsplit('/').next().unwrap();
    (id, folder_of(id))
}

/// The folder that the files of an image are in.
pub(crate) fn folder_of(id: &str) -> String {
    id[..2].to_owned()
}

async fn is_gone(path: &Path) {
    let what = format!("{} to be removed", path.display());
    eventually(&what, async || (!path.exists()).then_some(())).await;
}

async fn repaired(stack: &Stack, kind: &str, times: f64) {
    let labels = [("kind", kind), ("outcome", "mended")];
    becomes(&stack.client, "thumbnailify_repairs_total", &labels, times).await;
}

/// Uploads an image, and waits until it is completed and its original is gone.
async fn completed(stack: &Stack) -> Upload {
    let upload = stack.client.upload("image/png", &png(200, 100)).await;
    assert_eq!(stack.client.outcome(&upload).await.0, StatusCode::OK);
    eventually("the original to be gone", async || {
        stack.files("media/originals").is_empty().then_some(())
    })
    .await;
    upload
}

pub(crate) async fn an_original_without_a_record_becomes_an_image(backends: Backends) {
    let stack = start(backends, |_| {}).await;
    let id = "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de";
    let path = format!("originals/0c/{id}.image~png");
    plant(&stack.media_folder(), &path, &png(200, 100));
    let path = format!("/images/{id}");
    let status: Value = eventually("the image", async || {
        let answer = stack.client.get(&path).await?;
        let is_done = answer.status() == StatusCode::OK;
        is_done.then_some(answer.json().await.unwrap())
    })
    .await;
    assert_eq!(status["state"], "Completed");
    let accepted = Value::Null;
    stack.client.thumbnail(&Upload { path, accepted }).await;
    repaired(&stack, "unrecorded-original", 1.0).await;
    stack.stop().await;
}

async fn what_a_deletion_left_behind_is_removed(backends: Backends) {
    let stack = start(backends, |_| {}).await;
    let upload = completed(&stack).await;
    let deleted = stack.client.send(Method::DELETE, &upload.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    let ((id, folders), media) = (place(&upload), stack.media_folder());
    let original = format!("originals/{folders}/{id}.image~png");
    let original = plant(&media, &original, &png(200, 100));
    let thumbnail = plant(
        &media,
        &format!("thumbnails/{folders}/{id}.1-1.png"),
        b"old",
    );
    is_gone(&original).await;
    is_gone(&thumbnail).await;
    let answer = stack.client.get(&upload.path).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "it stays away");
    stack.stop().await;
}

async fn orphan_thumbnails_and_unfinished_files_are_removed_and_nothing_else(backends: Backends) {
    let stack = start(backends, |_| {}).await;
    let upload = completed(&stack).await;
    let ((id, folders), media) = (place(&upload), stack.media_folder());
    let live = stack.files("media/thumbnails").pop().unwrap();
    let file = fs::File::options().write(true).open(&live).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_hours(24))
        .unwrap();
    let loser = plant(
        &media,
        &format!("thumbnails/{folders}/{id}.1-0.png"),
        b"a loser's",
    );
    let unfinished = plant(&media, "tmp/begun", b"beg");
    let strange = plant(&media, &format!("thumbnails/{folders}/README"), b"not ours");
    // Of an image that nothing is known of, but younger than such a file must be.
    let unknown = "thumbnails/0c/0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de.1-1.png";
    let unknown = plant(&media, unknown, b"unknown");
    is_gone(&loser).await;
    is_gone(&unfinished).await;
    repaired(&stack, "orphan-thumbnail", 1.0).await;
    repaired(&stack, "unfinished-files", 1.0).await;
    assert!(live.exists() && strange.exists() && unknown.exists());
    stack.client.thumbnail(&upload).await;
    stack.stop().await;
}

pub(crate) async fn the_original_of_a_completed_image_is_removed(backends: Backends) {
    let stack = start(backends, |settings| settings.reconcile.finished_after_s = 1).await;
    let upload = completed(&stack).await;
    let (id, folders) = place(&upload);
    let original = format!("originals/{folders}/{id}.image~png");
    let original = plant(&stack.media_folder(), &original, &png(200, 100));
    is_gone(&original).await;
    stack.client.thumbnail(&upload).await;
    stack.stop().await;
}

async fn a_lost_thumbnail_is_made_again_while_there_is_the_original(backends: Backends) {
    let stack = start(backends, |_| {}).await;
    let upload = completed(&stack).await;
    let (id, folders) = place(&upload);
    let original = format!("originals/{folders}/{id}.image~png");
    plant(&stack.media_folder(), &original, &png(200, 100));
    fs::remove_file(stack.files("media/thumbnails").pop().unwrap()).unwrap();
    eventually("the thumbnail", async || {
        let path = format!("{}/thumbnail", upload.path);
        let answer = stack.client.get(&path).await?;
        (answer.status() == StatusCode::OK).then_some(())
    })
    .await;
    repaired(&stack, "lost-thumbnail", 1.0).await;
    stack.stop().await;
}

pub(crate) async fn an_image_whose_files_are_lost_ends_as_an_error(backends: Backends) {
    let stack = start(backends, |_| {}).await;
    let upload = completed(&stack).await;
    fs::remove_file(stack.files("media/thumbnails").pop().unwrap()).unwrap();
    let message = eventually("the error", async || {
        let status: Value = stack.client.get(&upload.path).await?.json().await.ok()?;
        (status["state"] == "Error").then(|| status["message"].to_string())
    })
    .await;
    assert!(message.contains("no longer there"), "{message}");
    stack.stop().await;
}

/// A link to itself.
async fn a_folder_that_cannot_be_read_keeps_no_other_from_its_round(backends: Backends) {
    let stack = start(backends, |_| {}).await;
    let originals = stack.media_folder().join("originals");
    fs::create_dir_all(&originals).unwrap();
    std::os::unix::fs::symlink("00", originals.join("00")).unwrap();
    let path = "originals/ff/ff9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de.image~png";
    plant(&stack.media_folder(), path, &png(200, 100));
    repaired(&stack, "unrecorded-original", 1.0).await;
    stack.stop().await;
}

/// As when a disk is not mounted: what is there then is an empty folder.
#[tokio::test(flavor = "multi_thread")]
async fn a_media_folder_that_is_away_for_a_while_costs_no_image() {
    let stack = start(Backends::Embedded, |settings| {
        settings.worker.slots = 1;
        settings.limits.deadline_ms = 600_000;
    })
    .await;
    let before = completed(&stack).await;
    let held = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&held).await;
    let waiting = stack.client.upload("image/png", &png(200, 100)).await;
    let media = stack.media_folder();
    let away = media.with_file_name("away");
    fs::rename(&media, &away).unwrap();
    fs::create_dir(&media).unwrap();

    let deleted = stack.client.send(Method::DELETE, &held.path).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    eventually("a worker to give the job back", async || {
        let status: Value = stack.client.get(&waiting.path).await?.json().await.ok()?;
        let given_back = status["service"] == "worker" && status["phase"] == "queued";
        given_back.then_some(())
    })
    .await;
    let refused = stack.client.post(Some("image/png"), "aGVsbG8=").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let answer = stack.client.get(&before.path).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "it is Completed still");

    fs::remove_dir_all(&media).unwrap();
    fs::rename(&away, &media).unwrap();
    let (code, status) = stack.client.outcome(&waiting).await;
    assert_eq!((code, &status["attempts"]), (StatusCode::OK, &1.into()));
    stack.client.thumbnail(&before).await;
    stack.stop().await;
}

/// A day has 86,400 seconds, so these are two.
const TWO_SECONDS: f64 = 2.0 / 86_400.0;

async fn images_are_deleted_at_the_end_of_their_time(backends: Backends) {
    let stack = start(backends, |settings| {
        settings.retention.completed_days = TWO_SECONDS;
        settings.retention.error_days = TWO_SECONDS;
    })
    .await;
    let good = completed(&stack).await;
    let bad = stack.client.upload("image/png", b"no picture").await;
    for upload in [&good, &bad] {
        eventually("the end of its time", async || {
            let answer = stack.client.get(&upload.path).await?;
            (answer.status() == StatusCode::NOT_FOUND).then_some(())
        })
        .await;
    }
    repaired(&stack, "expired", 2.0).await;
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    assert_nothing_is_listed(&stack).await;
    stack.stop().await;
}

async fn assert_nothing_is_listed(stack: &Stack) {
    let answer = stack.client.get("/images").await.unwrap();
    let list: Value = answer.json().await.unwrap();
    assert_eq!(list["images"].as_array().map(Vec::len), Some(0), "{list}");
}

async fn an_upload_that_the_disk_has_no_room_for_leaves_nothing(backends: Backends) {
    let stack = Stack::launch(backends, |settings| settings.disk.reserve_mib = u32::MAX).await;
    let answer = eventually("an answer of a stack that runs", async || {
        let answer = stack.client.post(Some("image/png"), "aGVsbG8=").await;
        (answer.status() != StatusCode::SERVICE_UNAVAILABLE).then_some(answer)
    })
    .await;
    assert_eq!(answer.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["type"], "/problems/disk-full");
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    assert!(!stack.is_ready().await);
    assert_nothing_is_listed(&stack).await;
    stack.stop().await;
}
