//! What the backends offer to whoever looks after them.

use std::fs;
use std::time::{Duration, SystemTime};

use async_nats::jetstream;
use bytes::Bytes;
use futures::{StreamExt, stream};
use redis::Commands;
use thumbnailify_backends::{
    DiskSettings, DiskStore, Embedded, NatsQueue, RedisSettings, RedisStore,
};
use thumbnailify_core::{
    Error, JobQueue, Known, ListRequest, MediaId, MediaKey, MediaStore, MediaUpkeep, PageLimit,
    QueueUpkeep, State, StatusStore, StatusUpkeep, contract,
};
use thumbnailify_test_servers::Server;

use crate::nats;
use crate::redis::{redis_client, settings, started, store};
use crate::sample::{ends, job, new_media, png};

#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_the_rules_of_upkeep() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    contract::queue_upkeep(&*embedded.job_queue(), &*embedded.queue_upkeep()).await;
    contract::status_upkeep(&*embedded.status_store(), &*embedded.status_upkeep()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules_of_upkeep() {
    let server = started();
    let store = store(&server);
    contract::status_upkeep(&store, &store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules_of_upkeep_over_many_slots() {
    let server = started();
    let settings = RedisSettings {
        shards: 16,
        ..settings(&server)
    };
    let store = RedisStore::connect(settings).unwrap();
    contract::status_upkeep(&store, &store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_keeps_the_rules_of_upkeep() {
    let server = nats::started();
    let queue = nats::queue(&server).await;
    contract::queue_upkeep(&queue, &queue).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_keeps_the_rules_of_upkeep() {
    let dir = tempfile::tempdir().unwrap();
    let store = DiskStore::open(dir.path()).unwrap();
    contract::media_upkeep(&store, &store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_unfinished_files_that_are_old_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = DiskStore::open(dir.path()).unwrap();
    let (old, new) = (dir.path().join("tmp/old"), dir.path().join("tmp/new"));
    fs::write(&new, b"begun").unwrap();
    let file = fs::File::create(&old).unwrap();
    let long_ago = SystemTime::now() - Duration::from_hours(2);
    file.set_modified(long_ago).unwrap();
    let hour = Duration::from_hours(1);
    assert_eq!(store.count_unfinished(hour).await.unwrap(), 1);
    assert_eq!(store.remove_unfinished(hour).await.unwrap(), 1);
    assert!(new.exists() && !old.exists());
    assert_eq!(store.remove_unfinished(hour).await.unwrap(), 0);
}

/// Whatever the machine has: no disk of ours has four pebibytes free.
#[tokio::test(flavor = "multi_thread")]
async fn below_the_reserve_no_upload_is_begun_and_thumbnails_still_are_stored() {
    let dir = tempfile::tempdir().unwrap();
    let settings = DiskSettings {
        reserve_mib: u32::MAX,
        ..DiskSettings::default()
    };
    let store = DiskStore::open_with(dir.path(), settings).unwrap();
    let id = MediaId::random();
    let unread = stream::pending().boxed();
    let refused = ends(store.put(&MediaKey::original(id, &png()), unread)).await;
    assert!(matches!(refused, Err(Error::DiskFull)), "{refused:?}");
    assert!(matches!(store.check().await, Err(Error::DiskFull)));
    let key = MediaKey::thumbnail(id, 1, 1, &png());
    let body = stream::iter([Ok(Bytes::from_static(b"small"))]).boxed();
    assert_eq!(store.put(&key, body).await.unwrap(), 5);
    assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
}

async fn first_page(store: &RedisStore, state: Option<State>) -> Vec<MediaId> {
    let request = ListRequest {
        state,
        after: None,
        limit: PageLimit::new(1_000).unwrap(),
    };
    let page = store.list(&request).await.unwrap();
    page.statuses.iter().map(|status| status.media_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_gets_its_lists_back_from_the_records() {
    let server = started();
    let (store, mut redis) = (store(&server), redis_client(&server));
    let ids: Vec<_> = (0..3).map(|_| MediaId::random()).collect();
    for id in &ids {
        store.create(&new_media(*id)).await.unwrap();
    }
    let lists = ["tn:{s00}:idx", "tn:{s00}:idx:Processing", "tn:{s00}:open"];
    redis.del::<_, ()>(&lists).unwrap();
    assert_eq!(first_page(&store, None).await, []);
    assert_eq!(store.mend_lists().await.unwrap(), 3);
    for state in [None, Some(State::Processing)] {
        let mut listed = first_page(&store, state).await;
        listed.sort();
        let mut ids = ids.clone();
        ids.sort();
        assert_eq!(listed, ids);
    }
    let due = store.due(Duration::ZERO, 10).await.unwrap();
    assert_eq!(due.len(), 3, "each is looked after at once");
    assert_eq!(store.mend_lists().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_forgets_entries_whose_record_is_gone() {
    let server = started();
    let (store, mut redis) = (store(&server), redis_client(&server));
    let (kept, lost) = (MediaId::random(), MediaId::random());
    for id in [kept, lost] {
        store.create(&new_media(id)).await.unwrap();
    }
    redis.del::<_, ()>(format!("tn:{{s00}}:m:{lost}")).unwrap();
    assert_eq!(store.counts().await.unwrap().processing, 2);
    let due = store.due(Duration::from_hours(1), 10).await.unwrap();
    assert_eq!(due.len(), 1);
    store.mend_lists().await.unwrap();
    assert_eq!(store.counts().await.unwrap().processing, 1);
    let open: Vec<String> = redis.zrange("tn:{s00}:open", 0, -1).unwrap();
    assert_eq!(open, [kept.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_an_older_version_is_due_and_its_reissue_works() {
    let server = started();
    let (store, id) = (store(&server), MediaId::random());
    store.create(&new_media(id)).await.unwrap();
    store.published(id, 1).await.unwrap();
    let fields = ["published_epoch", "published_at_ms"];
    let key = format!("tn:{{s00}}:m:{id}");
    redis_client(&server)
        .hdel::<_, _, ()>(key, &fields)
        .unwrap();
    let due = store.due(Duration::from_hours(1), 10).await.unwrap();
    assert_eq!(due[0].status.media_id, id);
    store.reissue(id, 1, "Anew").await.unwrap();
    assert_eq!(store.get(id).await.unwrap().unwrap().epoch, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tombstone_for_ever_has_no_end() {
    let server = started();
    let settings = RedisSettings {
        tombstone_days: 0,
        ..settings(&server)
    };
    let (store, id) = (RedisStore::connect(settings).unwrap(), MediaId::random());
    store.create(&new_media(id)).await.unwrap();
    store.delete(id).await.unwrap();
    let key = format!("tn:{{s00}}:m:{id}");
    let left_ms: i64 = redis_client(&server).pttl(key).unwrap();
    assert_eq!(left_ms, -1);
    assert_eq!(store.look_up(&[id]).await.unwrap(), [Known::Deleted]);
}

/// Server 2.9 leaves them behind when it is killed; later ones do not, and then there is nothing to remove.
#[tokio::test(flavor = "multi_thread")]
async fn ghosts_of_a_killed_nats_are_removed_and_live_jobs_are_not() {
    const JOBS: usize = 200;
    const DONE: usize = 150;
    let mut server = nats::started();
    let queue = nats::queue(&server).await;
    for _ in 0..JOBS {
        queue.publish(&job()).await.unwrap();
    }
    for _ in 0..DONE {
        ends(queue.pull()).await.unwrap().ack().await.unwrap();
    }
    server.kill().unwrap();
    server.start().unwrap();
    let queue = nats::queue(&server).await;
    queue.check().await.unwrap();
    let before = messages(&server).await;
    let depth = queue.depth().await.unwrap();
    let wanted = depth.waiting + depth.leased;
    println!("{before} messages, {wanted} of them to be handed out");
    assert_eq!(queue.remove_ghosts().await.unwrap(), 0, "the first look");
    let removed = queue.remove_ghosts().await.unwrap();
    assert_eq!(removed, before - wanted);
    assert_eq!(messages(&server).await, wanted);
    for _ in 0..wanted {
        ends(queue.pull()).await.unwrap().ack().await.unwrap();
    }
    assert_eq!(messages(&server).await, 0);
}

async fn messages(server: &Server) -> u64 {
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = jetstream::new(client);
    let mut stream = context.get_stream("TN_JOBS").await.unwrap();
    stream.info().await.unwrap().state.messages
}

/// An ack floor of 0 is what a purge of everything would look like to an older server.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_purged_before_anything_was_acknowledged() {
    let server = nats::started();
    let queue: NatsQueue = nats::queue(&server).await;
    let first = job();
    queue.publish(&first).await.unwrap();
    queue.publish(&job()).await.unwrap();
    // A second message beside the consumer's count: the consumer is made anew and starts behind the first.
    let client = async_nats::connect(server.url()).await.unwrap();
    let stream = jetstream::new(client).get_stream("TN_JOBS").await.unwrap();
    stream.delete_consumer("w-all").await.unwrap();
    for _ in 0..4 {
        assert_eq!(queue.remove_ghosts().await.unwrap_or_default(), 0);
    }
    assert_eq!(messages(&server).await, 2);
    assert_eq!(*ends(queue.pull()).await.unwrap().job(), first);
}
