use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};

use super::sample::media_type;
use crate::{
    ByteStream, Error, MediaId, MediaKey, MediaStore, MediaUpkeep, Shard, StoredFile, SystemId,
};

/// Runs the rules of [`MediaUpkeep`] on a new store.
pub async fn media_upkeep(store: &dyn MediaStore, upkeep: &dyn MediaUpkeep) {
    every_file_is_in_one_shard(store, upkeep).await;
    what_is_being_written_is_no_file_yet(store, upkeep).await;
    the_first_says_which_system_the_files_are_of(upkeep).await;
    no_files_are_used_but_those_of_the_system(store, upkeep).await;
}

async fn every_file_is_in_one_shard(store: &dyn MediaStore, upkeep: &dyn MediaUpkeep) {
    let id = MediaId::random();
    let original = MediaKey::original(id, &media_type());
    let thumbnails = [(1, 1), (1, 2), (2, 3)];
    let thumbnails =
        thumbnails.map(|(epoch, attempt)| MediaKey::thumbnail(id, epoch, attempt, &media_type()));
    for key in thumbnails.iter().chain([&original]) {
        store.put(key, body(b"12345")).await.unwrap();
    }
    let of_it = |files: Vec<StoredFile>| {
        let of_it = |file: &StoredFile| file.key.as_str().contains(&id.to_string());
        let mut files: Vec<_> = files.into_iter().filter(of_it).collect();
        files.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
        files
    };
    for shard in Shard::all() {
        let originals = of_it(upkeep.originals(shard).await.unwrap());
        let stored = of_it(upkeep.thumbnails(shard).await.unwrap());
        if shard == Shard(id.as_bytes()[0]) {
            check_files(&originals, std::slice::from_ref(&original));
            check_files(&stored, &thumbnails);
        } else {
            assert!(originals.is_empty() && stored.is_empty(), "{shard:?}");
        }
    }
    for key in thumbnails.iter().chain([&original]) {
        store.delete(key).await.unwrap();
    }
    let shard = Shard(id.as_bytes()[0]);
    assert_eq!(of_it(upkeep.originals(shard).await.unwrap()), []);
    assert_eq!(of_it(upkeep.thumbnails(shard).await.unwrap()), []);
}

fn check_files(files: &[StoredFile], keys: &[MediaKey]) {
    let found: Vec<_> = files.iter().map(|file| file.key.clone()).collect();
    assert_eq!(found, keys);
    for file in files {
        assert_eq!(file.bytes, 5);
        assert!(file.age < Duration::from_mins(1), "{:?}", file.age);
    }
}

async fn what_is_being_written_is_no_file_yet(store: &dyn MediaStore, upkeep: &dyn MediaUpkeep) {
    let id = MediaId::random();
    let key = MediaKey::original(id, &media_type());
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let rest = stream::once(async {
        receiver.await.ok();
        Ok(Bytes::from_static(b"the rest"))
    });
    let put = store.put(&key, body(b"the beginning, ").chain(rest).boxed());
    let look = async {
        let files = upkeep.originals(Shard(id.as_bytes()[0])).await.unwrap();
        assert!(files.iter().all(|file| file.key != key));
        let long = Duration::from_hours(1);
        assert_eq!(upkeep.count_unfinished(long).await.unwrap(), 0);
        assert_eq!(upkeep.remove_unfinished(long).await.unwrap(), 0);
        sender.send(()).unwrap();
    };
    let (length, ()) = tokio::join!(put, look);
    assert_eq!(length.unwrap(), 23);
    store.delete(&key).await.unwrap();
}

async fn the_first_says_which_system_the_files_are_of(upkeep: &dyn MediaUpkeep) {
    assert_eq!(upkeep.system().await.unwrap(), None);
    let joining = (0..4).map(|_| upkeep.join(SystemId::random()));
    let joined = futures::future::try_join_all(joining).await.unwrap();
    let said = upkeep.system().await.unwrap();
    assert!(joined.iter().all(|system| Some(*system) == said));
    assert_eq!(Some(upkeep.join(SystemId::random()).await.unwrap()), said);
}

async fn no_files_are_used_but_those_of_the_system(
    store: &dyn MediaStore,
    upkeep: &dyn MediaUpkeep,
) {
    let system = upkeep.system().await.unwrap().unwrap();
    let key = MediaKey::original(MediaId::random(), &media_type());
    for _ in 0..2 {
        upkeep.insist_on(SystemId::random());
        let away = |error| matches!(error, Some(Error::Unavailable { .. }));
        assert!(away(store.put(&key, body(b"1")).await.err()));
        assert!(away(store.get(&key).await.err()));
        assert!(away(store.open(&key).await.err()));
        assert!(away(store.check().await.err()));
        assert!(away(upkeep.originals(Shard(0)).await.err()));
        assert!(away(upkeep.thumbnails(Shard(0)).await.err()));
        assert_eq!(upkeep.system().await.unwrap(), Some(system));

        upkeep.insist_on(system);
        store.check().await.unwrap();
        assert!(store.get(&key).await.unwrap().is_none());
        assert!(store.open(&key).await.unwrap().is_none());
        store.put(&key, body(b"1")).await.unwrap();
        upkeep.originals(Shard(0)).await.unwrap();
        upkeep.thumbnails(Shard(0)).await.unwrap();
        store.delete(&key).await.unwrap();
    }
}

fn body(bytes: &'static [u8]) -> ByteStream<'static> {
    stream::iter([Ok(Bytes::from_static(bytes))]).boxed()
}
