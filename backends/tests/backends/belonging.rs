//! Files and records that belong together.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, stream};
use redis::Commands;
use tempfile::TempDir;
use thumbnailify_backends::{DiskStore, Embedded};
use thumbnailify_core::{Belonging, Error, MediaId, MediaKey, MediaStore, Upkeep};

use crate::redis::{redis_client, started, store};
use crate::sample::{new_media, png};

/// Stored files, and the records of a database, which need not be theirs.
struct System {
    media: Arc<DiskStore>,
    records: Embedded,
    upkeep: Upkeep,
}

impl System {
    fn open(media: &Path, records: &Path) -> Self {
        let media = Arc::new(DiskStore::open(media).unwrap());
        let records = Embedded::open(records).unwrap();
        let upkeep = Upkeep {
            queue: records.queue_upkeep(),
            status: records.status_upkeep(),
            media: Arc::clone(&media) as _,
        };
        Self {
            media,
            records,
            upkeep,
        }
    }

    async fn join(&self) -> Belonging {
        self.upkeep.join().await.unwrap()
    }

    /// Stores the thumbnail of a medium that these records know.
    async fn complete(&self) -> MediaKey {
        let new = new_media(MediaId::random());
        self.records.status_store().create(&new).await.unwrap();
        let key = MediaKey::thumbnail(new.media_id, 1, 1, &png());
        let body = stream::iter([Ok(Bytes::from_static(b"small"))]).boxed();
        self.media.put(&key, body).await.unwrap();
        key
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_system_and_one_of_an_older_version_come_to_belong_together() {
    let (media, records) = (folder(), folder());
    let system = System::open(media.path(), records.path());
    system.complete().await;
    assert_eq!(
        system.upkeep.belonging().await.unwrap(),
        Belonging::Unsaid,
        "a look changes nothing"
    );
    let joined = system.join().await;
    assert!(matches!(joined, Belonging::Together(_)), "{joined:?}");
    joined.check().unwrap();
    drop(system);
    let system = System::open(media.path(), records.path());
    assert_eq!(system.upkeep.belonging().await.unwrap(), joined);
    assert_eq!(system.join().await, joined);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_two_systems_stay_apart() {
    let [media, records, other_media, other_records] = [(); 4].map(|()| folder());
    System::open(media.path(), records.path()).join().await;
    System::open(other_media.path(), other_records.path())
        .join()
        .await;
    let mixed = System::open(media.path(), other_records.path());
    let joined = mixed.join().await;
    let is_told = matches!(joined, Belonging::OtherFiles { files: Some(_), .. });
    assert!(is_told, "{joined:?}");
    let reason = joined.check().unwrap_err().to_string();
    assert!(reason.contains("not the right one"), "{reason}");
    let refused = mixed.media.check().await;
    assert!(
        matches!(refused, Err(Error::Unavailable { .. })),
        "{refused:?}"
    );
}

/// A folder whose disk is not mounted is an empty one.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_whose_disk_is_away_has_lost_nothing() {
    let (root, records) = (folder(), folder());
    let (media, away) = (root.path().join("media"), root.path().join("away"));
    let system = System::open(&media, records.path());
    let joined = system.join().await;
    let key = system.complete().await;

    fs::rename(&media, &away).unwrap();
    fs::create_dir(&media).unwrap();
    for missing in [
        system.media.open(&key).await.err(),
        system.media.check().await.err(),
    ] {
        assert!(
            matches!(missing, Some(Error::Unavailable { .. })),
            "{missing:?}"
        );
    }
    drop(system);
    let system = System::open(&media, records.path());
    let told = system.join().await;
    assert!(
        matches!(told, Belonging::OtherFiles { files: None, .. }),
        "{told:?}"
    );
    let missing = system.media.open(&key).await;
    assert!(
        matches!(missing, Err(Error::Unavailable { .. })),
        "also after a restart"
    );

    fs::remove_dir_all(&media).unwrap();
    fs::rename(&away, &media).unwrap();
    assert!(system.media.open(&key).await.unwrap().is_some());
    assert_eq!(system.join().await, joined);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_folder_is_taken_in_once_it_says_which_system_it_is_of() {
    let (media, new, records) = (folder(), folder(), folder());
    let joined = System::open(media.path(), records.path()).join().await;
    let Belonging::Together(id) = joined else {
        panic!("{joined:?}");
    };
    let system = System::open(new.path(), records.path());
    let reason = system.join().await.check().unwrap_err().to_string();
    assert!(reason.contains(&format!("write `{id}`")), "{reason}");
    fs::write(new.path().join("system-id"), id.to_string()).unwrap();
    assert_eq!(system.join().await, joined);
    system.media.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_know_most_files_are_theirs_and_those_that_know_none_are_not() {
    let (media, records, empty) = (folder(), folder(), folder());
    let system = System::open(media.path(), records.path());
    let joined = system.join().await;
    let Belonging::Together(files) = joined else {
        panic!("{joined:?}");
    };
    for _ in 0..3 {
        system.complete().await;
    }
    drop(system);
    let wrong = System::open(media.path(), empty.path());
    let told = wrong.join().await;
    assert_eq!(told, Belonging::UnknownFiles { files });
    let reason = told.check().unwrap_err().to_string();
    assert!(reason.contains("remove the file `system-id`"), "{reason}");

    let file = records.path().join("thumbnailify.sqlite");
    let file = rusqlite::Connection::open(file).unwrap();
    file.execute("DELETE FROM system", []).unwrap();
    drop(file);
    let system = System::open(media.path(), records.path());
    assert_eq!(system.join().await, joined, "the last second was lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_says_which_system_its_records_are_of() {
    let server = started();
    let (redis, media, records) = (store(&server), folder(), folder());
    let system = System::open(media.path(), records.path());
    let upkeep = Upkeep {
        status: Arc::new(redis),
        ..system.upkeep.clone()
    };
    let joined = upkeep.join().await.unwrap();
    let Belonging::Together(id) = joined else {
        panic!("{joined:?}");
    };
    let said: String = redis_client(&server).get("tn:system").unwrap();
    assert_eq!(said, id.to_string());
    assert_eq!(upkeep.join().await.unwrap(), joined);
}
