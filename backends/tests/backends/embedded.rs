use std::time::Duration;

use thumbnailify_backends::{DeadLetterSettings, Embedded, EmbeddedSettings, LocalCatalog};
use thumbnailify_core::{
    Case, Claim, Crash, FaultKind, ListRequest, MediaId, PageLimit, Phase, Published, State,
    contract,
};

use crate::sample::{claim_request, dead_letter, ends, job, new_media};

const LEASE: Duration = Duration::from_millis(500);

fn settings() -> EmbeddedSettings {
    EmbeddedSettings {
        lease_ms: 500,
        max_jobs: 50,
        ..EmbeddedSettings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_the_rules_of_a_job_queue() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open_with(dir.path(), &settings()).unwrap();
    contract::job_queue(&*embedded.job_queue(), LEASE).await;
    contract::full_job_queue(&*embedded.job_queue(), 50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_the_rules_of_a_status_store() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    contract::status_store(&*embedded.status_store()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_rules_of_a_catalog_store() {
    let forget_after = Duration::from_millis(300);
    contract::catalog_store(&LocalCatalog::new(forget_after), forget_after).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_the_rules_of_a_quarantine() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    contract::quarantine(&*embedded.quarantine()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_the_rules_of_dead_letters() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    contract::dead_letters(&*embedded.dead_letters()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_table_forgets_its_oldest_letters() {
    let dir = tempfile::tempdir().unwrap();
    let settings = EmbeddedSettings {
        dead_letters: DeadLetterSettings {
            max_letters: 5,
            ..DeadLetterSettings::default()
        },
        ..settings()
    };
    let embedded = Embedded::open_with(dir.path(), &settings).unwrap();
    contract::full_dead_letters(&*embedded.dead_letters(), 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_kept_over_a_restart_and_forgotten_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dead_letter(), dead_letter());
    let letters = Embedded::open(dir.path()).unwrap().dead_letters();
    letters.put(&old).await.unwrap();
    drop(letters);

    let letters = Embedded::open(dir.path()).unwrap().dead_letters();
    let id = old.media_id();
    assert_eq!(letters.get(id).await.unwrap(), Some(old));
    let file = rusqlite::Connection::open(dir.path().join("thumbnailify.sqlite")).unwrap();
    let age = "UPDATE dead_letter SET added_at_ms = added_at_ms - 1209601000";
    file.execute(age, []).unwrap();
    letters.put(&new).await.unwrap();
    assert_eq!(letters.get(id).await.unwrap(), None);
    assert_eq!(letters.get(new.media_id()).await.unwrap(), Some(new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_told_which_folder_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let first = Embedded::open(dir.path()).unwrap();
    let refused = Embedded::open(dir.path()).unwrap_err();
    let reason = std::error::Error::source(&refused).unwrap().to_string();
    assert!(reason.contains(dir.path().to_str().unwrap()), "{reason}");
    drop(first);
    Embedded::open(dir.path()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything_and_frees_what_was_held() {
    let dir = tempfile::tempdir().unwrap();
    let (job, request) = (job(), claim_request());
    let id = job.media_id;
    let embedded = Embedded::open(dir.path()).unwrap();
    embedded
        .status_store()
        .create(&new_media(id))
        .await
        .unwrap();
    embedded.job_queue().publish(&job).await.unwrap();
    let delivery = embedded.job_queue().pull().await.unwrap();
    let claim = embedded.status_store().claim(id, &request).await.unwrap();
    assert_eq!(claim, Claim::Granted { attempt: 1 });
    drop((delivery, embedded));

    let embedded = Embedded::open(dir.path()).unwrap();
    let (queue, statuses) = (embedded.job_queue(), embedded.status_store());
    assert_eq!(queue.publish(&job).await.unwrap(), Published::Duplicate);
    let status = statuses.get(id).await.unwrap().unwrap();
    assert_eq!((status.phase, status.version), (Phase::Retrying, 3));
    let freed = status.history.last().unwrap();
    assert_eq!((freed.phase, freed.version), (Phase::Retrying, 3));
    assert_eq!(freed.worker.as_deref(), Some("worker-1"));
    let reason = "the process ended before the attempt did";
    assert_eq!(freed.reason.as_deref(), Some(reason));
    let delivery = ends(queue.pull()).await.unwrap();
    assert_eq!((delivery.job(), delivery.attempt()), (&job, 2));
    let claim = statuses.claim(id, &claim_request()).await.unwrap();
    assert_eq!(claim, Claim::Granted { attempt: 2 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_queues_what_was_recorded_and_not_queued() {
    let dir = tempfile::tempdir().unwrap();
    let (forgotten, deleted) = (job(), job());
    let statuses = Embedded::open(dir.path()).unwrap().status_store();
    for job in [&forgotten, &deleted] {
        statuses.create(&new_media(job.media_id)).await.unwrap();
    }
    statuses.delete(deleted.media_id).await.unwrap();
    drop(statuses);

    let queue = Embedded::open(dir.path()).unwrap().job_queue();
    let delivery = ends(queue.pull()).await.unwrap();
    assert_eq!(delivery.job(), &forgotten);
    assert_eq!(queue.publish(&deleted).await.unwrap(), Published::Stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_read_does_not_keep_the_next_one_back() {
    let dir = tempfile::tempdir().unwrap();
    let (unreadable, next) = (job(), job());
    let queue = Embedded::open(dir.path()).unwrap().job_queue();
    queue.publish(&unreadable).await.unwrap();
    let file = rusqlite::Connection::open(dir.path().join("thumbnailify.sqlite")).unwrap();
    file.execute("UPDATE job SET media_type = 'nonsense'", [])
        .unwrap();
    queue.publish(&next).await.unwrap();

    assert_eq!(ends(queue.pull()).await.unwrap().job(), &next);
    let published = queue.publish(&unreadable).await.unwrap();
    assert_eq!(published, Published::Stored, "nothing is left of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_medium_stays_finished_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (job, request) = (job(), claim_request());
    let id = job.media_id;
    let verdict = thumbnailify_core::Verdict::Error {
        message: "broken".to_owned(),
        code: 400,
        handler: None,
        cost: None,
        fault: Some(FaultKind::TimedOut),
    };
    let embedded = Embedded::open(dir.path()).unwrap();
    let statuses = embedded.status_store();
    statuses.create(&new_media(id)).await.unwrap();
    statuses.claim(id, &request).await.unwrap();
    statuses.finish(id, request.token, &verdict).await.unwrap();
    let finished = statuses.get(id).await.unwrap();
    drop((statuses, embedded));

    let statuses = Embedded::open(dir.path()).unwrap().status_store();
    assert_eq!(statuses.get(id).await.unwrap(), finished);
    let again = statuses.finish(id, request.token, &verdict).await.unwrap();
    assert_eq!(again, thumbnailify_core::Finish::Stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarantine_stands_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let case = Case {
        upload_sha256: "00".repeat(32),
        handler_sha256: "c0".repeat(32),
    };
    let crash = Crash {
        fault: FaultKind::StackOverflow,
        message: "it called itself".to_owned(),
        culprit_sha256: "c0".repeat(32),
    };
    let keep = Duration::from_secs(3_600);
    let quarantine = Embedded::open(dir.path()).unwrap().quarantine();
    let noted = quarantine.note(&case, "run", &crash, keep).await.unwrap();
    drop(quarantine);

    let quarantine = Embedded::open(dir.path()).unwrap().quarantine();
    assert_eq!(quarantine.crashes(&case).await.unwrap(), noted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_crash_is_deleted_with_the_next_that_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let quarantine = Embedded::open(dir.path()).unwrap().quarantine();
    let crash = Crash {
        fault: FaultKind::Trapped,
        message: "unreachable".to_owned(),
        culprit_sha256: "c0".repeat(32),
    };
    for (upload, keep) in [("one", Duration::ZERO), ("other", LEASE)] {
        let case = Case {
            upload_sha256: upload.to_owned(),
            handler_sha256: "c0".repeat(32),
        };
        quarantine.note(&case, "run", &crash, keep).await.unwrap();
    }
    let file = rusqlite::Connection::open(dir.path().join("thumbnailify.sqlite")).unwrap();
    let select = "SELECT group_concat(upload_sha256) FROM crash";
    let kept: String = file.query_row(select, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "other");
}

/// Each change reads before it writes.
#[tokio::test(flavor = "multi_thread")]
async fn changes_beside_the_process_that_has_the_database_wait_for_their_turn() {
    const MEDIA: usize = 100;
    let dir = tempfile::tempdir().unwrap();
    let first = Embedded::open(dir.path()).unwrap();
    let second = Embedded::open_beside(dir.path(), &EmbeddedSettings::default()).unwrap();
    let write = |embedded: Embedded| async move {
        let statuses = embedded.status_store();
        for _ in 0..MEDIA {
            let new = new_media(MediaId::random());
            statuses.create(&new).await.unwrap();
            statuses.published(new.media_id, 1).await.unwrap();
        }
    };
    let (one, other) = (tokio::spawn(write(first)), tokio::spawn(write(second)));
    one.await.unwrap();
    other.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(dir.path().join("thumbnailify.sqlite")).unwrap();
    file.execute_batch(include_str!("embedded_version_1.sql"))
        .unwrap();
    drop(file);

    for _ in 0..2 {
        let embedded = Embedded::open(dir.path()).unwrap();
        let delivery = ends(embedded.job_queue().pull()).await.unwrap();
        let job = delivery.job();
        assert_eq!(
            (job.bytes, job.sha256.as_str()),
            (7, "5e".repeat(32).as_str())
        );
        let status = embedded.status_store().get(job.media_id).await.unwrap();
        let status = status.unwrap();
        assert_eq!((status.phase, status.fault), (Phase::Queued, None));
        assert!(job.options.is_empty() && status.options.is_empty());
        for state in [None, Some(State::Processing), Some(State::Completed)] {
            let request = ListRequest {
                state,
                after: None,
                limit: PageLimit::new(9).unwrap(),
            };
            let listed = embedded.status_store().list(&request).await.unwrap();
            let is_listed = state != Some(State::Completed);
            assert_eq!(listed.statuses.contains(&status), is_listed);
        }
        contract::quarantine(&*embedded.quarantine()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_later_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(dir.path().join("thumbnailify.sqlite")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    let refused = Embedded::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("of version 99"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let text = "this is a text, and long enough to be told from a database ".repeat(20);
    std::fs::write(dir.path().join("thumbnailify.sqlite"), text).unwrap();
    let refused = Embedded::open(dir.path()).unwrap_err();
    assert!(
        matches!(refused, thumbnailify_core::Error::Broken { .. }),
        "{refused}"
    );
}
