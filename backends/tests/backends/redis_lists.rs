//! The lists in Redis, where they and the records can part.

use std::collections::BTreeMap;

use redis::Commands;
use thumbnailify_backends::{RedisSettings, RedisStore};
use thumbnailify_core::{ListRequest, MediaId, Page, PageLimit, State, StatusStore};

use crate::redis::{redis_client, settings, started, store, verdict};
use crate::sample::{claim_request, ends, new_media};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_as_much_as_it_has_media_whatever_there_is_beside_them() {
    for shards in [1, 16] {
        let server = started();
        let settings = RedisSettings {
            shards,
            ..settings(&server)
        };
        let store = RedisStore::connect(settings).unwrap();
        created(&store, 150).await;
        let mut redis = redis_client(&server);
        indexed(&mut redis).await;
        for state in [None, Some(State::Processing)] {
            redis::cmd("CONFIG")
                .arg("RESETSTAT")
                .exec(&mut redis)
                .unwrap();
            let listed = page(&store, state, 5).await;
            assert_eq!((listed.statuses.len(), listed.next.is_some()), (5, true));
            let expected = [
                ("hgetall".to_owned(), 5),
                ("zrevrangebylex".to_owned(), u64::from(shards)),
            ];
            assert_eq!(calls(&mut redis), BTreeMap::from(expected));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_without_a_record_is_passed_over_and_taken_out() {
    let server = started();
    let store = store(&server);
    created(&store, 4).await;
    let order = ids(&page(&store, None, 4).await);
    let mut redis = redis_client(&server);
    redis
        .del::<_, ()>(format!("tn:{{s00}}:m:{}", order[1]))
        .unwrap();

    let first = page(&store, None, 2).await;
    assert_eq!(ids(&first), [order[0]], "the page is not made up for");
    let request = ListRequest {
        after: first.next,
        ..request(None, 2)
    };
    let second = store.list(&request).await.unwrap();
    assert_eq!((ids(&second).as_slice(), second.next), (&order[2..], None));
    assert_eq!(ids(&page(&store, None, 2).await), [order[0], order[2]]);
    for list in ["idx", "idx:Processing"] {
        let media: u64 = redis.zcard(format!("tn:{{s00}}:{list}")).unwrap();
        assert_eq!(media, 3, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_in_the_list_of_another_state_is_passed_over_and_moved() {
    let server = started();
    let store = store(&server);
    let [id] = created(&store, 1).await[..] else {
        panic!("one was created");
    };
    // As a worker of an older version leaves it.
    redis_client(&server)
        .hset::<_, _, _, ()>(format!("tn:{{s00}}:m:{id}"), "state", "Error")
        .unwrap();
    assert_eq!(ids(&page(&store, Some(State::Error), 9).await), []);
    assert_eq!(ids(&page(&store, Some(State::Processing), 9).await), []);
    assert_eq!(ids(&page(&store, Some(State::Error), 9).await), [id]);
    assert_eq!(ids(&page(&store, None, 9).await), [id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn media_of_an_older_version_come_into_the_lists_of_their_states() {
    let server = started();
    let mut redis = redis_client(&server);
    let (open, failed) = {
        let store = store(&server);
        let open = created(&store, 450).await;
        let failed = created(&store, 1).await;
        let request = claim_request();
        store.claim(failed[0], &request).await.unwrap();
        let finish = store.finish(failed[0], request.token, &verdict()).await;
        finish.unwrap();
        indexed(&mut redis).await;
        (open, failed)
    };
    for key in ["indexed", "{s00}:idx:Processing", "{s00}:idx:Error"] {
        let removed: u64 = redis.del(format!("tn:{key}")).unwrap();
        assert_eq!(removed, 1, "{key}");
    }

    let store = store(&server);
    indexed(&mut redis).await;
    let listed = page(&store, Some(State::Processing), 1_000).await;
    assert_eq!(listed.statuses.len(), open.len());
    assert_eq!(ids(&page(&store, Some(State::Error), 9).await), failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_read_hides_no_other() {
    let server = started();
    let store = store(&server);
    created(&store, 3).await;
    let order = ids(&page(&store, None, 3).await);
    redis_client(&server)
        .hset::<_, _, _, ()>(format!("tn:{{s00}}:m:{}", order[1]), "phase", "asleep")
        .unwrap();
    assert_eq!(ids(&page(&store, None, 3).await), [order[0], order[2]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_moves_a_medium_from_one_list_to_another() {
    let server = started();
    let store = store(&server);
    let [id] = created(&store, 1).await[..] else {
        panic!("one was created");
    };
    let mut redis = redis_client(&server);
    let mut lists = || -> Vec<String> {
        let mut lists: Vec<String> = redis.keys("tn:*:idx*").unwrap();
        lists.sort();
        lists
    };
    assert_eq!(lists(), ["tn:{s00}:idx", "tn:{s00}:idx:Processing"]);
    let request = claim_request();
    store.claim(id, &request).await.unwrap();
    let finish = store.finish(id, request.token, &verdict()).await;
    finish.unwrap();
    assert_eq!(lists(), ["tn:{s00}:idx", "tn:{s00}:idx:Error"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_medium_is_in_no_list() {
    let server = started();
    let store = store(&server);
    let [open, failed] = created(&store, 2).await[..] else {
        panic!("two were created");
    };
    let request = claim_request();
    store.claim(failed, &request).await.unwrap();
    let finish = store.finish(failed, request.token, &verdict()).await;
    finish.unwrap();
    for id in [open, failed] {
        store.delete(id).await.unwrap();
    }
    let mut redis = redis_client(&server);
    let lists: Vec<String> = redis.keys("tn:*:idx*").unwrap();
    assert_eq!(lists, Vec::<String>::new(), "an empty list is no key");
}

async fn created(store: &RedisStore, count: usize) -> Vec<MediaId> {
    let ids: Vec<_> = (0..count).map(|_| MediaId::random()).collect();
    for id in &ids {
        store.create(&new_media(*id)).await.unwrap();
    }
    ids
}

fn request(state: Option<State>, limit: u16) -> ListRequest {
    ListRequest {
        state,
        after: None,
        limit: PageLimit::new(limit).unwrap(),
    }
}

async fn page(store: &RedisStore, state: Option<State>, limit: u16) -> Page {
    store.list(&request(state, limit)).await.unwrap()
}

fn ids(page: &Page) -> Vec<MediaId> {
    page.statuses.iter().map(|status| status.media_id).collect()
}

/// Waits until a store has looked for media of an older version.
async fn indexed(redis: &mut redis::Connection) {
    ends(async {
        while !redis.exists::<_, bool>("tn:indexed").unwrap() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// How often each command was called, those aside that make a connection or are of this test itself.
fn calls(redis: &mut redis::Connection) -> BTreeMap<String, u64> {
    let info: String = redis::cmd("INFO").arg("commandstats").query(redis).unwrap();
    let mut calls = BTreeMap::new();
    for line in info.lines() {
        let Some((command, stats)) = line
            .strip_prefix("cmdstat_")
            .and_then(|line| line.split_once(":calls="))
        else {
            continue;
        };
        let (word, _) = command.split_once('|').unwrap_or((command, ""));
        if !["client", "config", "hello", "info", "subscribe"].contains(&word) {
            let (count, _) = stats.split_once(',').unwrap();
            calls.insert(command.to_owned(), count.parse().unwrap());
        }
    }
    calls
}
