use tokio::sync::broadcast::Receiver;

use super::super::sample::{claim_request, completed, new_media};
use super::super::wait::ends;
use crate::{ClaimToken, MediaId, StatusStore};

pub(super) async fn every_change_is_told(store: &dyn StatusStore) {
    let id = MediaId::random();
    let token = ClaimToken::random();
    let mut changes = subscribed(store).await;

    store.create(&new_media(id)).await.unwrap();
    told(&mut changes, id).await;
    store.claim(id, &claim_request(token)).await.unwrap();
    told(&mut changes, id).await;
    store.finish(id, token, &completed()).await.unwrap();
    told(&mut changes, id).await;
    store.delete(id).await.unwrap();
    told(&mut changes, id).await;
}

/// Writes until a first notice arrives: a store may take a moment until it listens.
async fn subscribed(store: &dyn StatusStore) -> Receiver<MediaId> {
    let mut changes = store.changes();
    let noise = async {
        loop {
            store.create(&new_media(MediaId::random())).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        first = ends("a first notice", changes.recv()) => first.map(drop).unwrap(),
        () = noise => {}
    }
    store.changes()
}

async fn told(changes: &mut Receiver<MediaId>, id: MediaId) {
    ends("a notice", async {
        while changes.recv().await.unwrap() != id {}
    })
    .await;
}
