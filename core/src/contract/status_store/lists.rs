use std::collections::BTreeSet;

use futures::future::{join, join_all};

use super::super::sample::{completed, new_media};
use super::situation::{Medium, Situation};
use crate::{Cursor, ListRequest, MediaId, Page, PageLimit, State, Status, StatusStore};

/// More media than a page has, and enough that some are made in the same millisecond.
const MEDIA: usize = 30;

pub(super) async fn a_list_is_in_order_and_whole(store: &dyn StatusStore) {
    let ids = created(store, MEDIA).await;
    for limit in [1, 7, 1_000] {
        let listed = followed(store, None, None, limit).await;
        let places: Vec<_> = listed.iter().map(Cursor::of).collect();
        assert!(places.is_sorted_by(|one, next| one > next), "{places:?}");
        assert!(ids_of(&listed).is_superset(&ids));
    }
    for status in page(store, None, None, MEDIA).await.statuses {
        let id = status.media_id;
        assert_eq!(store.get(id).await.unwrap(), Some(status));
    }
}

pub(super) async fn pages_neither_repeat_nor_skip_what_stays(store: &dyn StatusStore) {
    let mut stays = created(store, MEDIA).await;
    let (mut listed, mut next) = (Vec::new(), None);
    loop {
        let page = page(store, None, next, 5).await;
        listed.extend(ids_in_order(&page.statuses));
        next = page.next;
        if next.is_none() {
            break;
        }
        disturb(store, &mut stays, &listed, next).await;
    }
    assert!(stays.len() < MEDIA, "nothing was deleted");
    assert_each_once(&listed, &stays);
}

/// Creates some media and deletes, while half are left, the one that the next page goes on behind, the one
/// that it would begin with, and the one that was listed first.
async fn disturb(
    store: &dyn StatusStore,
    stays: &mut BTreeSet<MediaId>,
    listed: &[MediaId],
    next: Option<Cursor>,
) {
    created(store, 2).await;
    let coming = ids_in_order(&page(store, None, next, 1).await.statuses);
    for id in [listed.last(), coming.first(), listed.first()] {
        let Some(id) = id.filter(|_| stays.len() > MEDIA / 2) else {
            continue;
        };
        if stays.remove(id) {
            assert!(store.delete(*id).await.unwrap().is_some());
        }
    }
}

/// As above, with writers that do not wait for the pages.
pub(super) async fn pages_are_stable_under_concurrent_writers(store: &dyn StatusStore) {
    let stays = created(store, MEDIA).await;
    let goes = created(store, MEDIA).await;
    let writers = join_all(goes.into_iter().map(async |id| {
        store.create(&new_media(MediaId::random())).await.unwrap();
        store.delete(id).await.unwrap();
    }));
    let (listed, _) = join(followed(store, None, None, 2), writers).await;
    assert_each_once(&ids_in_order(&listed), &stays);
}

pub(super) async fn a_state_lists_what_is_of_it(store: &dyn StatusStore) {
    let mut media = Vec::new();
    for situation in Situation::ALL {
        media.push((situation, Medium::in_situation(store, situation).await.id));
    }
    for state in State::ALL {
        let listed = followed(store, Some(state), None, 6).await;
        assert!(listed.iter().all(|status| status.state == state));
        let listed = ids_in_order(&listed);
        for (situation, id) in &media {
            let times = listed.iter().filter(|listed| *listed == id).count();
            let is_of_it = state_in(*situation) == Some(state);
            assert_eq!(times, usize::from(is_of_it), "{situation:?} as {state:?}");
        }
    }
    let all = ids_of(&followed(store, None, None, 6).await);
    for (situation, id) in media {
        assert_eq!(all.contains(&id), situation.is_recorded(), "{situation:?}");
    }
}

fn state_in(situation: Situation) -> Option<State> {
    match situation {
        Situation::Absent | Situation::Deleted => None,
        Situation::Completed => Some(State::Completed),
        Situation::Failed => Some(State::Error),
        _ => Some(State::Processing),
    }
}

pub(super) async fn a_change_of_state_between_pages_keeps_the_place(store: &dyn StatusStore) {
    let mut media = Vec::new();
    for _ in 0..3 {
        media.push(Medium::in_situation(store, Situation::Running).await);
    }
    let in_state = async |state, after| {
        let mut listed = followed(store, Some(state), after, 2).await;
        listed.retain(|status| media.iter().any(|medium| medium.id == status.media_id));
        listed
    };
    let places = in_state(State::Processing, None).await;
    let [passed, coming, last] = [0, 1, 2].map(|place| places[place].media_id);
    let here = Some(Cursor::of(&places[0]));
    for medium in media.iter().filter(|medium| medium.id != last) {
        medium.finish(store, &completed()).await;
    }

    let expected = [
        (State::Processing, here, vec![last]),
        (State::Completed, here, vec![coming]),
        (State::Completed, None, vec![passed, coming]),
    ];
    for (state, after, expected) in expected {
        let listed = ids_in_order(&in_state(state, after).await);
        assert_eq!(listed, expected, "{state:?} after {after:?}");
    }
}

async fn created(store: &dyn StatusStore, count: usize) -> BTreeSet<MediaId> {
    let ids: Vec<_> = (0..count).map(|_| MediaId::random()).collect();
    let creations = ids
        .iter()
        .map(async |id| store.create(&new_media(*id)).await);
    for created in join_all(creations).await {
        created.unwrap();
    }
    ids.into_iter().collect()
}

/// Reads the pages of a list to its end.
async fn followed(
    store: &dyn StatusStore,
    state: Option<State>,
    mut after: Option<Cursor>,
    limit: usize,
) -> Vec<Status> {
    let mut listed = Vec::new();
    loop {
        let page = page(store, state, after, limit).await;
        listed.extend(page.statuses);
        after = page.next;
        if after.is_none() {
            return listed;
        }
    }
}

async fn page(
    store: &dyn StatusStore,
    state: Option<State>,
    after: Option<Cursor>,
    limit: usize,
) -> Page {
    let limit = u16::try_from(limit).ok().and_then(PageLimit::new).unwrap();
    let request = ListRequest {
        state,
        after,
        limit,
    };
    let page = store.list(&request).await.unwrap();
    assert!(page.statuses.len() <= limit.get().into());
    let listed = page.statuses.iter().map(Cursor::of);
    let places: Vec<_> = after.into_iter().chain(listed).collect();
    assert!(places.is_sorted_by(|one, next| one > next), "{places:?}");
    // Else whoever follows the cursors would come back.
    if let (Some(next), Some(last)) = (page.next, places.last()) {
        assert!(next <= *last && Some(next) != after);
    }
    page
}

fn ids_in_order(statuses: &[Status]) -> Vec<MediaId> {
    statuses.iter().map(|status| status.media_id).collect()
}

fn ids_of(statuses: &[Status]) -> BTreeSet<MediaId> {
    ids_in_order(statuses).into_iter().collect()
}

fn assert_each_once(listed: &[MediaId], expected: &BTreeSet<MediaId>) {
    let once: BTreeSet<_> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len(), "some are listed twice");
    assert!(once.is_superset(expected), "some are missing");
}
