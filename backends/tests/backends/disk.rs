use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use thumbnailify_backends::DiskStore;
use thumbnailify_core::{BoxError, ByteStream, Error, MediaId, MediaKey, MediaStore, contract};
use tokio::time::timeout;

use crate::sample::{ends, png};

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_keeps_the_rules_of_a_media_store() {
    let dir = tempfile::tempdir().unwrap();
    contract::media_store(&DiskStore::open(dir.path()).unwrap()).await;
    assert_no_temporary_files(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_put_that_ends_early_leaves_a_temporary_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = DiskStore::open(dir.path()).unwrap();
    let error: BoxError = "hung up".into();
    let broken = body(b"begun").chain(stream::iter([Err(error)])).boxed();
    store.put(&key(), broken).await.unwrap_err();

    for patience in (0..40).map(|step| Duration::from_micros(100) * step) {
        let large = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 65_536])));
        let put = timeout(patience, store.put(&key(), large.boxed())).await;
        assert!(put.is_err());
    }
    assert_no_temporary_files(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_their_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("media");
    let (store, key) = (DiskStore::open(&root).unwrap(), key());
    store.put(&key, body(b"secret")).await.unwrap();
    let file = root.join(key.as_str());
    assert_eq!(mode(&file), 0o600);
    for folder in file
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(&root))
    {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symbolic_link_is_neither_read_nor_written_through() {
    let dir = tempfile::tempdir().unwrap();
    let outside = dir.path().join("outside");
    fs::write(&outside, "outside").unwrap();
    let (store, key) = (DiskStore::open(dir.path()).unwrap(), key());
    store.put(&key, body(b"inside")).await.unwrap();
    let file = dir.path().join(key.as_str());
    fs::remove_file(&file).unwrap();
    symlink(&outside, &file).unwrap();

    assert!(matches!(store.get(&key).await, Err(Error::Broken { .. })));
    assert!(matches!(store.open(&key).await, Err(Error::Broken { .. })));
    store.put(&key, body(b"again")).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap().unwrap(), "again");
    assert_eq!(fs::read(&outside).unwrap(), b"outside");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_share_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let [api, worker] = [0, 1].map(|_| DiskStore::open(dir.path()).unwrap());
    let key = key();
    api.put(&key, body(b"shared")).await.unwrap();
    assert_eq!(worker.get(&key).await.unwrap().unwrap(), "shared");
    worker.delete(&key).await.unwrap();
    assert_eq!(api.get(&key).await.unwrap(), None);
}

fn key() -> MediaKey {
    MediaKey::original(MediaId::random(), &png())
}

fn body(bytes: &'static [u8]) -> ByteStream<'static> {
    stream::iter([Ok(Bytes::from_static(bytes))]).boxed()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Waits, since a step on a blocking thread may outlive the call that began it.
async fn assert_no_temporary_files(dir: &Path) {
    let temporary = dir.join("tmp");
    ends(async {
        while fs::read_dir(&temporary).unwrap().next().is_some() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
