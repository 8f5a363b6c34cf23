use std::time::{Duration, Instant};

use redis::Commands;
use thumbnailify_backends::{RedisSettings, RedisStore};
use thumbnailify_core::{
    Catalog, CatalogStore, Claim, Cost, Error, Finish, HandlerIdentity, MediaId, StatusStore,
    Thumbnail, Verdict, contract,
};
use thumbnailify_test_servers::{FaultProxy, Loss, Server};

use crate::sample::{claim_request, ends, new_media, png};

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules_of_a_status_store() {
    let server = started();
    contract::status_store(&store(&server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules_of_a_status_store_over_many_slots() {
    let server = started();
    let settings = RedisSettings {
        shards: 16,
        ..settings(&server)
    };
    contract::status_store(&RedisStore::connect(settings).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules_of_a_catalog_store() {
    let server = started();
    let settings = RedisSettings {
        forget_worker_after_ms: 400,
        ..settings(&server)
    };
    let store = RedisStore::connect(settings).unwrap();
    contract::catalog_store(&store, Duration::from_millis(400)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules_of_a_quarantine() {
    let server = started();
    contract::quarantine(&store(&server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_there_first_works_once_the_server_is_up() {
    let mut server = Server::redis().unwrap();
    let store = store(&server);
    assert_unavailable_in_time(&store).await;
    server.start().unwrap();
    store.create(&new_media(MediaId::random())).await.unwrap();
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_used_again_once_it_is_back() {
    let mut server = started();
    let (store, id, request) = (store(&server), MediaId::random(), claim_request());
    store.create(&new_media(id)).await.unwrap();
    store.announce("worker", &Catalog::default()).await.unwrap();
    server.kill().unwrap();
    assert_unavailable_in_time(&store).await;
    server.start().unwrap();

    let claim = store.claim(id, &request).await.unwrap();
    assert_eq!(claim, Claim::Granted { attempt: 1 });
    let finish = store.finish(id, request.token, &verdict()).await.unwrap();
    assert_eq!(finish, Finish::Stored);
    assert_eq!(store.announced().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_again_after_a_restart() {
    let mut server = started();
    let (store, id) = (store(&server), MediaId::random());
    let mut changes = store.changes();
    server.kill().unwrap();
    server.start().unwrap();
    let told = async { while changes.recv().await.unwrap() != id {} };
    let change = async {
        loop {
            store.create(&new_media(id)).await.unwrap();
            store.delete(id).await.unwrap();
            redis_client(&server)
                .del::<_, ()>(format!("tn:{{s00}}:m:{id}"))
                .unwrap();
        }
    };
    ends(async {
        tokio::select! {
            () = told => {}
            () = change => {}
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_wants_to_know_of_changes_is_told() {
    let server = started();
    let store = store(&server);
    store.create(&new_media(MediaId::random())).await.unwrap();
    assert_eq!(channels_with_listeners(&server), 0);
    let _changes = store.changes();
    ends(async {
        while channels_with_listeners(&server) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_a_paused_server_end_in_time() {
    let server = started();
    let store = store(&server);
    store.check().await.unwrap();
    server.pause().unwrap();
    assert_unavailable_in_time(&store).await;
    server.resume().unwrap();
    store.create(&new_media(MediaId::random())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_the_server_forgot_are_sent_again() {
    let server = started();
    let (store, id) = (store(&server), MediaId::random());
    store.create(&new_media(id)).await.unwrap();
    redis::cmd("SCRIPT")
        .arg("FLUSH")
        .exec(&mut redis_client(&server))
        .unwrap();
    assert!(store.delete(id).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_medium_is_open_until_its_end_and_listed_until_its_deletion() {
    let server = started();
    let (store, id, request) = (store(&server), MediaId::random(), claim_request());
    let mut redis = redis_client(&server);
    store.create(&new_media(id)).await.unwrap();
    store.published(id, 1).await.unwrap();
    store.claim(id, &request).await.unwrap();
    assert_eq!(listed(&mut redis, id), (true, true));
    store.finish(id, request.token, &verdict()).await.unwrap();
    assert_eq!(listed(&mut redis, id), (false, true));

    store.delete(id).await.unwrap();
    assert_eq!(listed(&mut redis, id), (false, false));
    let ttl_s: i64 = redis.ttl(format!("tn:{{s00}}:m:{id}")).unwrap();
    assert!((600_000..=691_200).contains(&ttl_s), "{ttl_s}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_takes_little_memory_and_goes_with_the_medium() {
    let server = started();
    let (store, id, request) = (store(&server), MediaId::random(), claim_request());
    let mut redis = redis_client(&server);
    store.create(&new_media(id)).await.unwrap();
    store.claim(id, &request).await.unwrap();
    store.finish(id, request.token, &completed()).await.unwrap();
    let media = format!("tn:{{s00}}:m:{id}");
    let history: String = redis.hget(&media, "history").unwrap();
    assert_eq!(history.lines().count(), 3);
    assert!(history.len() < 200, "{history}");
    let usage = |redis: &mut redis::Connection| {
        let mut usage = redis::cmd("MEMORY");
        usage.arg("USAGE").arg(&media).arg("SAMPLES").arg(0);
        usage.query::<u64>(redis).unwrap()
    };
    let with_history = usage(&mut redis);
    redis.hdel::<_, _, ()>(&media, "history").unwrap();
    let without = usage(&mut redis);
    println!("{with_history} bytes for a completed medium, {without} without its history");
    assert!(with_history - without < 512, "{with_history} and {without}");
    redis
        .hset::<_, _, _, ()>(&media, "history", history)
        .unwrap();

    store.delete(id).await.unwrap();
    let tombstone: Vec<String> = redis.hkeys(&media).unwrap();
    assert!(!tombstone.contains(&"history".to_owned()), "{tombstone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_that_an_older_version_kept_is_deleted_with_the_medium() {
    let server = started();
    let (store, id) = (store(&server), MediaId::random());
    store.create(&new_media(id)).await.unwrap();
    let (mut redis, older) = (redis_client(&server), format!("tn:{{s00}}:h:{id}"));
    let mut add = redis::cmd("XADD");
    add.arg(&older).arg("*").arg("version").arg(1);
    add.exec(&mut redis).unwrap();
    store.claim(id, &claim_request()).await.unwrap();
    store.delete(id).await.unwrap();
    assert!(!redis.exists::<_, bool>(&older).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_keeps_the_five_fields_of_the_original() {
    let server = started();
    let (store, id) = (store(&server), MediaId::random());
    store.create(&new_media(id)).await.unwrap();
    let key = format!("tn:{{s00}}:m:{id}");
    let fields = ["media_type", "service", "state", "message", "code"];
    let values: Vec<String> = redis_client(&server).hmget(key, &fields).unwrap();
    let expected = [
        "image/png",
        "webserver",
        "Processing",
        "Processing image",
        "202",
    ];
    assert_eq!(values, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_whose_reply_is_lost_still_tells_which_files_to_delete() {
    let server = started();
    let proxy = FaultProxy::before(&server).unwrap();
    let settings = RedisSettings {
        url: proxy.url(),
        ..RedisSettings::default()
    };
    let (store, id, request) = (
        RedisStore::connect(settings).unwrap(),
        MediaId::random(),
        claim_request(),
    );
    store.create(&new_media(id)).await.unwrap();
    store.claim(id, &request).await.unwrap();
    store.finish(id, request.token, &completed()).await.unwrap();
    let before = store.get(id).await.unwrap().unwrap();

    proxy.lose(b"$7\r\ndeleted\r\n", 2, Loss::Cut);
    let deleted = store.delete(id).await.unwrap().unwrap();
    assert_eq!(proxy.lost(), 2);
    assert_eq!(deleted.original_key(), before.original_key());
    assert!(deleted.thumbnail_key().is_some());
    assert_eq!(deleted.thumbnail_key(), before.thumbnail_key());
    assert_eq!(store.delete(id).await.unwrap(), None, "another request");

    let key = format!("tn:{{s00}}:m:{id}");
    let mut fields: Vec<String> = redis_client(&server).hkeys(key).unwrap();
    fields.sort();
    let kept = [
        "deleted_by",
        "media_type",
        "state",
        "state_before",
        "thumbnail",
    ];
    assert_eq!(fields, kept, "a tombstone stays for long, so it is small");
    let key = format!("tn:{{s00}}:m:{id}");
    let tombstone: Vec<String> = redis_client(&server).hvals(key).unwrap();
    assert!(!tombstone.concat().contains("00".repeat(32).as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_that_cannot_be_read_hides_no_other() {
    let server = started();
    let store = store(&server);
    for worker in ["newer", "ours"] {
        store.announce(worker, &Catalog::default()).await.unwrap();
    }
    redis_client(&server)
        .hset::<_, _, _, ()>("tn:{workers}:catalogs", "newer", "{\"handlers\": 7}")
        .unwrap();
    let announced = store.announced().await.unwrap();
    let workers: Vec<_> = announced.iter().map(|one| one.worker.as_str()).collect();
    assert_eq!(workers, ["ours"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_read_is_reported() {
    let server = started();
    let (store, id) = (store(&server), MediaId::random());
    store.create(&new_media(id)).await.unwrap();
    let key = format!("tn:{{s00}}:m:{id}");
    redis_client(&server)
        .hset::<_, _, _, ()>(key, "phase", "asleep")
        .unwrap();
    let error = store.get(id).await.unwrap_err();
    assert!(
        matches!(&error, Error::Broken { detail, .. } if detail.contains("phase")),
        "{error}"
    );
}

pub(crate) fn started() -> Server {
    let mut server = Server::redis().unwrap();
    server.start().unwrap();
    server
}

pub(crate) fn settings(server: &Server) -> RedisSettings {
    RedisSettings {
        url: server.url(),
        ..RedisSettings::default()
    }
}

pub(crate) fn store(server: &Server) -> RedisStore {
    RedisStore::connect(settings(server)).unwrap()
}

pub(crate) fn redis_client(server: &Server) -> redis::Connection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_connection().unwrap()
}

fn channels_with_listeners(server: &Server) -> usize {
    let mut channels = redis::cmd("PUBSUB");
    channels.arg("CHANNELS");
    let named: Vec<String> = channels.query(&mut redis_client(server)).unwrap();
    named.len()
}

/// Whether the medium is in the set of open ones and in the index.
fn listed(redis: &mut redis::Connection, id: MediaId) -> (bool, bool) {
    let open: Option<f64> = redis.zscore("tn:{s00}:open", id.to_string()).unwrap();
    let index: Vec<String> = redis.zrange("tn:{s00}:idx", 0, -1).unwrap();
    let is_indexed = index.iter().any(|member| member.ends_with(&id.to_string()));
    (open.is_some(), is_indexed)
}

pub(crate) fn verdict() -> Verdict {
    Verdict::Error {
        message: "broken".to_owned(),
        code: 400,
        handler: None,
        cost: None,
        fault: None,
    }
}

pub(crate) fn completed() -> Verdict {
    Verdict::Completed {
        message: "Image processed".to_owned(),
        thumbnail: Thumbnail {
            epoch: 1,
            attempt: 1,
            media_type: png(),
            bytes: 9,
            width: 100,
            height: 75,
            sha256: "00".repeat(32),
        },
        handler: HandlerIdentity {
            name: "png".to_owned(),
            version: "1.2.3".to_owned(),
            sha256: "beef".to_owned(),
        },
        cost: Cost {
            cpu_us: 1_500,
            peak_memory_bytes: 1 << 20,
        },
    }
}

/// The bound is that of the settings, with a little for this machine.
async fn assert_unavailable_in_time(store: &RedisStore) {
    let asked_at = Instant::now();
    let answer = store.get(MediaId::random()).await;
    assert!(
        matches!(answer, Err(Error::Unavailable { .. })),
        "{answer:?}"
    );
    assert!(asked_at.elapsed() < Duration::from_secs(10));

    let checked_at = Instant::now();
    assert!(store.check().await.is_err());
    assert!(checked_at.elapsed() < Duration::from_secs(5));
}
