use redis::aio::ConnectionManager;
use thumbnailify_core::{Cursor, ListRequest, MediaId, Page, Result, State, Status};

use super::fields::Fields;
use super::store::RedisStore;

/// What became of a medium that a list has.
enum Found {
    Listed(Box<Status>),
    /// The record is gone, or of another state than the list.
    Stale(Cursor),
    Unreadable,
}

impl RedisStore {
    /// Reads a page: the places first, one more than it has to know whether there is another, then the records.
    pub(super) async fn page(&self, request: &ListRequest) -> Result<Page> {
        let limit = usize::from(request.limit.get());
        let places = self.index.places(request.state, request.after, limit + 1);
        let mut places = places.await?;
        let goes_on = places.len() > limit;
        places.truncate(limit);
        let next = places.last().copied().filter(|_| goes_on);

        let ids = places.iter().map(|place| place.media_id);
        let records = self.records(ids).await?;
        let (mut statuses, mut stale) = (Vec::with_capacity(places.len()), Vec::new());
        for (place, fields) in places.iter().zip(records) {
            match found(*place, fields, request.state) {
                Found::Listed(status) => statuses.push(*status),
                Found::Stale(place) => stale.push(place),
                Found::Unreadable => {}
            }
        }
        self.put_right(&stale).await;
        Ok(Page { statuses, next })
    }

    pub(super) async fn records(
        &self,
        ids: impl ExactSizeIterator<Item = MediaId>,
    ) -> Result<Vec<Fields>> {
        if ids.len() == 0 {
            return Ok(Vec::new());
        }
        let mut pipe = redis::pipe();
        for id in ids {
            pipe.cmd("HGETALL").arg(self.keys.of(id).media);
        }
        let pipe = &pipe;
        let ask = |mut connection: ConnectionManager| async move {
            pipe.query_async(&mut connection).await
        };
        self.connection.call(ask).await
    }

    /// Sees to it that a place that was passed over is not come by again. The page is right without it.
    async fn put_right(&self, stale: &[Cursor]) {
        if let Err(error) = self.index.put_right(stale).await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "the lists could not be put right");
        }
    }
}

fn found(place: Cursor, fields: Fields, state: Option<State>) -> Found {
    match fields.into_status(place.media_id) {
        Ok(Some(status)) if state.is_none_or(|state| state == status.state) => {
            Found::Listed(Box::new(status))
        }
        Ok(_) => Found::Stale(place),
        // One that cannot be read must not hide the others.
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(media.id = %place.media_id, error, "a record cannot be listed");
            Found::Unreadable
        }
    }
}
