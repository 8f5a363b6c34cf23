//! The program is killed at each place of each flow at which a crash leaves something of its own, and keeps its promises.

mod installation;
mod scenario;
mod trial;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use installation::Kind;
use scenario::Scenario;
use trial::Trial;

/// Makes a test of each crash point: on embedded backends, on NATS and Redis, or on both.
macro_rules! crashes {
    ($($backends:ident {
        $(fn $test:ident() dies_at $place:literal in $scenario:ident;)+
    })+) => {
        const PLACES: &[&str] = &[$($($place,)+)+];
        $(mod $backends {
            use super::{Kind, Scenario};
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::dies(Kind::$backends, $place, Scenario::$scenario).await;
            })+
        })+
    };
}

crashes! {
    embedded {
        fn a_crash_while_an_original_is_written() dies_at "file.written" in Upload;
        fn a_crash_before_an_original_has_its_name() dies_at "file.synced" in Upload;
        fn a_crash_before_the_name_of_an_original_is_durable() dies_at "file.named" in Upload;
        fn a_crash_between_original_and_record() dies_at "upload.stored" in Upload;
        fn a_crash_between_record_and_queue() dies_at "upload.recorded" in Upload;
        fn a_crash_between_queue_and_note() dies_at "upload.queued" in Upload;
        fn a_crash_between_note_and_answer() dies_at "upload.noted" in Upload;

        fn a_crash_before_a_claim() dies_at "job.taken" in Job;
        fn a_crash_after_a_claim() dies_at "job.claimed" in Job;
        fn a_crash_before_a_run() dies_at "job.opened" in Job;
        fn a_crash_after_a_run() dies_at "job.made" in Job;
        fn a_crash_while_a_thumbnail_is_written() dies_at "file.written:2" in Job;
        fn a_crash_before_a_thumbnail_has_its_name() dies_at "file.synced:2" in Job;
        fn a_crash_before_the_name_of_a_thumbnail_is_durable() dies_at "file.named:2" in Job;
        fn a_crash_between_thumbnail_and_outcome() dies_at "job.stored" in Job;
        fn a_crash_between_outcome_and_original() dies_at "job.completed" in Job;
        fn a_crash_before_a_job_is_acknowledged() dies_at "job.settled" in Job;
        fn a_crash_after_a_job_is_acknowledged() dies_at "job.told" in Job;
        fn a_crash_after_an_error_is_recorded() dies_at "job.failed" in BadPicture;
        fn a_crash_between_two_attempts() dies_at "job.retried" in BadHandler;
        fn a_crash_between_letter_and_error() dies_at "job.buried" in BadHandler;
        fn a_crash_after_a_claim_is_given_back() dies_at "job.released" in StorageAway;

        fn a_crash_between_tombstone_and_files() dies_at "delete.recorded" in Deletion;
        fn a_crash_between_the_files_of_a_deletion() dies_at "delete.half-unstored" in Deletion;
        fn a_crash_after_the_files_of_a_deletion() dies_at "delete.unstored" in Deletion;
        fn a_crash_before_the_answer_to_a_deletion() dies_at "delete.done" in Deletion;

        fn a_crash_before_a_second_try_is_queued() dies_at "retry.reopened" in Retry;
        fn a_crash_after_a_second_try_is_queued() dies_at "retry.queued" in Retry;

        fn a_crash_after_an_original_got_its_record() dies_at "reconcile.recorded" in OriginalAlone;
        fn a_crash_after_a_late_publish() dies_at "reconcile.queued" in OriginalAlone;
        fn a_crash_after_an_image_is_queued_anew() dies_at "reconcile.reissued" in ThumbnailLost;
        fn a_crash_while_an_image_is_expired() dies_at "reconcile.expired" in Expiry;
        fn a_crash_after_an_orphan_is_removed() dies_at "reconcile.unstored" in Orphan;
    }
    nats_and_redis {
        fn a_crash_while_an_original_is_written() dies_at "file.written" in Upload;
        fn a_crash_before_an_original_has_its_name() dies_at "file.synced" in Upload;
        fn a_crash_before_the_name_of_an_original_is_durable() dies_at "file.named" in Upload;
        fn a_crash_between_original_and_record() dies_at "upload.stored" in Upload;
        fn a_crash_between_record_and_queue() dies_at "upload.recorded" in Upload;
        fn a_crash_between_queue_and_note() dies_at "upload.queued" in Upload;
        fn a_crash_between_note_and_answer() dies_at "upload.noted" in Upload;
        fn a_crash_before_a_refused_upload_is_taken_back() dies_at "upload.refused" in Refusal;
        fn a_crash_while_a_refused_upload_is_taken_back() dies_at "upload.unrecorded" in Refusal;

        fn a_crash_before_a_claim() dies_at "job.taken" in Job;
        fn a_crash_after_a_claim() dies_at "job.claimed" in Job;
        fn a_crash_before_a_run() dies_at "job.opened" in Job;
        fn a_crash_after_a_run() dies_at "job.made" in Job;
        fn a_crash_while_a_thumbnail_is_written() dies_at "file.written" in Job;
        fn a_crash_before_a_thumbnail_has_its_name() dies_at "file.synced" in Job;
        fn a_crash_before_the_name_of_a_thumbnail_is_durable() dies_at "file.named" in Job;
        fn a_crash_between_thumbnail_and_outcome() dies_at "job.stored" in Job;
        fn a_crash_between_outcome_and_original() dies_at "job.completed" in Job;
        fn a_crash_before_an_original_is_let_go() dies_at "original.settled" in Job;
        fn a_crash_after_an_original_is_let_go() dies_at "original.deleted" in Job;
        fn a_crash_before_a_job_is_acknowledged() dies_at "job.settled" in Job;
        fn a_crash_after_a_job_is_acknowledged() dies_at "job.told" in Job;
        fn a_crash_after_an_error_is_recorded() dies_at "job.failed" in BadPicture;
        fn a_crash_between_two_attempts() dies_at "job.retried" in BadHandler;
        fn a_crash_between_letter_and_error() dies_at "job.buried" in BadHandler;
        fn a_crash_after_a_claim_is_given_back() dies_at "job.released" in StorageAway;
        fn a_crash_after_a_lost_record_is_made_anew() dies_at "job.recorded-anew" in RecordLost;

        fn a_crash_between_tombstone_and_files() dies_at "delete.recorded" in Deletion;
        fn a_crash_between_the_files_of_a_deletion() dies_at "delete.half-unstored" in Deletion;
        fn a_crash_after_the_files_of_a_deletion() dies_at "delete.unstored" in Deletion;
        fn a_crash_before_the_answer_to_a_deletion() dies_at "delete.done" in Deletion;

        fn a_crash_before_a_second_try_is_queued() dies_at "retry.reopened" in Retry;
        fn a_crash_after_a_second_try_is_queued() dies_at "retry.queued" in Retry;

        fn a_crash_after_an_original_got_its_record() dies_at "reconcile.recorded" in OriginalAlone;
        fn a_crash_after_a_late_publish() dies_at "reconcile.queued" in OriginalAlone;
        fn a_crash_after_an_image_is_queued_anew() dies_at "reconcile.reissued" in ThumbnailLost;
        fn a_crash_while_an_image_is_expired() dies_at "reconcile.expired" in Expiry;
        fn a_crash_after_an_orphan_is_removed() dies_at "reconcile.unstored" in Orphan;
    }
}

/// Lets a process die at a place, starts it again, and looks whether every promise was kept.
async fn dies(kind: Kind, place: &str, scenario: Scenario) {
    let mut trial = Trial::begin(kind, scenario, place);
    scenario.provoke(&mut trial).await;
    trial.see_it_killed().await;
    scenario.mend(&trial);
    trial.start_again();
    trial.upload_another().await;
    let findings = trial.end().await;
    assert!(findings.is_good(), "{findings}");
    assert!(findings.accepted > 0, "{findings}");
}

/// The names of the crash points in the sources of the program.
fn places_in_sources() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = String::new();
    for room in ["core", "backends", "api", "host", "thumbnailify"] {
        crate::promises::read_sources(&root.join(room).join("src"), &mut sources);
    }
    let code = sources.lines();
    let code = code.filter(|line| !line.trim_start().starts_with("//"));
    let named = code.filter_map(|line| line.split_once("crash_point!(\""));
    let names = named.filter_map(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()));
    names.collect()
}

#[test]
fn every_crash_point_has_its_test() {
    let names = |place: &&str| place.split(':').next().unwrap_or_default().to_owned();
    let tested: BTreeSet<_> = PLACES.iter().map(names).collect();
    assert_eq!(tested, places_in_sources());
}

#[test]
fn what_is_shipped_has_no_crash_points() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let shipped = metadata.workspace_default_packages();
    assert!(shipped.iter().any(|package| package.name == "thumbnailify"));
    for package in shipped {
        let dependencies = package.dependencies.iter();
        let mut features = dependencies.flat_map(|dependency| &dependency.features);
        assert!(
            !features.any(|feature| feature == "crash-points"),
            "{}",
            package.name
        );
    }
    let image = fs::read_to_string(root.join("Dockerfile")).unwrap();
    assert!(
        !image.contains("--workspace"),
        "it would build the tests as well"
    );
}
