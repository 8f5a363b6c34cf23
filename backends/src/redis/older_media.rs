//! Media of a version that kept one list of all, and none of each state.

use std::time::Duration;

use redis::Cmd;
use redis::aio::ConnectionManager;
use thumbnailify_core::Result;

use super::connection::Connection;
use super::index::Index;
use super::keys::INDEXED;
use crate::pause::pause;

/// How many media are looked at together.
const BATCH: usize = 200;

/// Between two tries while the server is away.
const PAUSE: Duration = Duration::from_secs(1);

/// Puts all media into the list of their state, once in the life of the server's data. Until that is done, the
/// lists of a state lack older media.
pub(super) async fn index_older_media(index: Index) {
    while let Err(error) = unless_done(&index).await {
        tracing::debug!(%error, "older media cannot be put into the lists for now");
        pause(PAUSE).await;
    }
}

async fn unless_done(index: &Index) -> Result<()> {
    let is_done: bool = ask(&index.connection, &Cmd::exists(INDEXED)).await?;
    if is_done {
        return Ok(());
    }
    let media = put_all_right(index).await?;
    if media > 0 {
        tracing::info!(media, "all media are in the list of their state now");
    }
    ask(&index.connection, &Cmd::set(INDEXED, "")).await
}

/// Goes through the list of all media. What is finished twice, because several processes do so, stays right.
async fn put_all_right(index: &Index) -> Result<usize> {
    let (mut media, mut after) = (0, None);
    loop {
        let places = index.places(None, after, BATCH).await?;
        let Some(last) = places.last() else {
            return Ok(media);
        };
        after = Some(*last);
        media += places.len();
        index.put_right(&places).await?;
    }
}

async fn ask<T: redis::FromRedisValue>(connection: &Connection, command: &Cmd) -> Result<T> {
    let ask = |mut connection: ConnectionManager| async move {
        command.query_async(&mut connection).await
    };
    connection.call(ask).await
}
