use std::io;

use bytes::Bytes;
use futures::{StreamExt, stream};

use super::sample::media_type;
use super::wait::never;
use crate::{BoxError, ByteStream, Error, MediaId, MediaKey, MediaStore, Source};

/// Runs the rules of [`MediaStore`].
pub async fn media_store(store: &dyn MediaStore) {
    store.check().await.unwrap();
    a_stored_body_is_read_back(store).await;
    an_unknown_key_holds_nothing(store).await;
    an_empty_body_is_a_file(store).await;
    a_second_put_replaces_the_first(store).await;
    a_broken_body_stores_nothing(store).await;
    a_broken_body_keeps_the_old_file(store).await;
    a_dropped_put_stores_nothing(store).await;
    a_file_is_read_at_any_offset(store).await;
    an_open_source_outlives_its_file(store).await;
    a_deleted_file_is_gone(store).await;
    puts_of_one_key_leave_one_whole_file(store).await;
}

async fn a_stored_body_is_read_back(store: &dyn MediaStore) {
    let key = key();
    let chunks: Vec<_> = (0..100_u8).map(|byte| vec![byte; 10_007]).collect();
    let length = store.put(&key, body(chunks.clone())).await.unwrap();
    assert_eq!(length, 1_000_700);
    assert_eq!(read(store, &key).await.unwrap(), chunks.concat());
}

async fn an_unknown_key_holds_nothing(store: &dyn MediaStore) {
    assert_eq!(read(store, &key()).await, None);
    assert!(store.open(&key()).await.unwrap().is_none());
}

async fn an_empty_body_is_a_file(store: &dyn MediaStore) {
    let key = key();
    assert_eq!(store.put(&key, body(vec![])).await.unwrap(), 0);
    assert_eq!(read(store, &key).await.unwrap(), b"");
}

async fn a_second_put_replaces_the_first(store: &dyn MediaStore) {
    let key = stored(store, b"the first, and the longer one").await;
    store.put(&key, text(b"the second")).await.unwrap();
    assert_eq!(read(store, &key).await.unwrap(), b"the second");
}

async fn a_broken_body_stores_nothing(store: &dyn MediaStore) {
    let key = key();
    let answer = store.put(&key, broken_body()).await;
    assert!(
        matches!(&answer, Err(Error::Body(source)) if source.is::<io::Error>()),
        "{answer:?}"
    );
    assert_eq!(read(store, &key).await, None);
}

async fn a_broken_body_keeps_the_old_file(store: &dyn MediaStore) {
    let key = stored(store, b"old").await;
    store.put(&key, broken_body()).await.unwrap_err();
    assert_eq!(read(store, &key).await.unwrap(), b"old");
}

async fn a_dropped_put_stores_nothing(store: &dyn MediaStore) {
    let key = key();
    let endless = text(b"begun").chain(stream::pending()).boxed();
    let patience = std::time::Duration::from_millis(50);
    never(
        "a put without an end ended",
        patience,
        store.put(&key, endless),
    )
    .await;
    assert_eq!(read(store, &key).await, None);
}

async fn a_file_is_read_at_any_offset(store: &dyn MediaStore) {
    let key = stored(store, b"0123456789").await;
    let source = store.open(&key).await.unwrap().unwrap();
    assert_eq!(source.size(), 10);
    assert_eq!(part(&*source, 0, 10), b"0123456789");
    assert_eq!(part(&*source, 3, 4), b"3456");
    assert_eq!(part(&*source, 8, 4), b"89", "short at the end alone");
    assert_eq!(part(&*source, 10, 4), b"");
    assert_eq!(part(&*source, u64::from(u32::MAX) * 2, 4), b"");
    assert_eq!(part(&*source, 3, 0), b"");
}

async fn an_open_source_outlives_its_file(store: &dyn MediaStore) {
    let key = stored(store, b"before").await;
    let replaced = store.open(&key).await.unwrap().unwrap();
    store.put(&key, text(b"after!")).await.unwrap();
    let deleted = store.open(&key).await.unwrap().unwrap();
    store.delete(&key).await.unwrap();
    assert_eq!(part(&*replaced, 0, 6), b"before");
    assert_eq!(part(&*deleted, 0, 6), b"after!");
}

async fn a_deleted_file_is_gone(store: &dyn MediaStore) {
    let key = stored(store, b"short-lived").await;
    store.delete(&key).await.unwrap();
    assert_eq!(read(store, &key).await, None);
    store.delete(&key).await.unwrap();
    store.put(&key, text(b"again")).await.unwrap();
    assert_eq!(read(store, &key).await.unwrap(), b"again");
}

async fn puts_of_one_key_leave_one_whole_file(store: &dyn MediaStore) {
    let key = key();
    let bodies: Vec<_> = (0..8_u8).map(|byte| vec![byte; 50_000]).collect();
    let puts = bodies.iter().map(|bytes| store.put(&key, text(bytes)));
    for answer in futures::future::join_all(puts).await {
        assert_eq!(answer.unwrap(), 50_000);
    }
    assert!(bodies.contains(&read(store, &key).await.unwrap()));
}

fn key() -> MediaKey {
    MediaKey::original(MediaId::random(), &media_type())
}

async fn stored(store: &dyn MediaStore, bytes: &[u8]) -> MediaKey {
    let key = key();
    store.put(&key, text(bytes)).await.unwrap();
    key
}

async fn read(store: &dyn MediaStore, key: &MediaKey) -> Option<Vec<u8>> {
    store.get(key).await.unwrap().map(Vec::from)
}

fn part(source: &dyn Source, offset: u64, length: usize) -> Vec<u8> {
    let mut buffer = vec![0; length];
    let read = source.read_at(offset, &mut buffer).unwrap();
    buffer.truncate(read);
    buffer
}

fn text(bytes: &[u8]) -> ByteStream<'static> {
    body(vec![bytes.to_vec()])
}

fn body(chunks: Vec<Vec<u8>>) -> ByteStream<'static> {
    let chunks = chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)));
    stream::iter(chunks).boxed()
}

fn broken_body() -> ByteStream<'static> {
    let error: BoxError = io::Error::other("the client hung up").into();
    text(b"the beginning")
        .chain(stream::iter([Err(error)]))
        .boxed()
}
