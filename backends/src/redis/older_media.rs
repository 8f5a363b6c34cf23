//! Media of a version that kept one list of all, and none of each state.

use std::time::Duration;

use redis::Cmd;
use redis::aio::ConnectionManager;
use thumbnailify_core::{Result, State};

use super::connection::Connection;
use super::index::Index;
use super::keys::INDEXED;
use crate::pause::pause;

/// How many media are looked at together.
pub(super) const BATCH: usize = 200;

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
    let Walk { media, .. } = put_all_right(index, None).await?;
    if media > 0 {
        tracing::info!(media, "all media are in the list of their state now");
    }
    ask(&index.connection, &Cmd::set(INDEXED, "")).await
}

/// What a walk through a list found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    media: usize,
    /// Those that were not in the lists that they belong to.
    pub(super) mended: usize,
}

/// Goes through a list. What is finished twice, because several processes do so, stays right.
pub(super) async fn put_all_right(index: &Index, list: Option<State>) -> Result<Walk> {
    let (mut walk, mut after) = (Walk::default(), None);
    loop {
        let places = index.places(list, after, BATCH).await?;
        let Some(last) = places.last() else {
            return Ok(walk);
        };
        after = Some(*last);
        walk.media += places.len();
        walk.mended += index.put_right(&places).await?;
    }
}

async fn ask<T: redis::FromRedisValue>(connection: &Connection, command: &Cmd) -> Result<T> {
    let ask = |mut connection: ConnectionManager| async move {
        command.query_async(&mut connection).await
    };
    connection.call(ask).await
}
