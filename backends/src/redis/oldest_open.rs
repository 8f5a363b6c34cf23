use std::time::Duration;

use redis::aio::ConnectionManager;
use thumbnailify_core::{Result, State};

use super::entry::read_entry;
use super::store::RedisStore;

/// The first places of the lists of open media, and the server's time in seconds and microseconds.
type Answer = (Vec<Vec<String>>, (u64, u64));

impl RedisStore {
    /// The age of the first medium in the lists of those that are open: one look into each shard.
    pub(super) async fn age_of_oldest_open(&self) -> Result<Option<Duration>> {
        let ask = |mut connection: ConnectionManager| async move {
            let mut pipeline = redis::pipe();
            for shard in self.keys.shards() {
                pipeline.zrange(self.keys.list(shard, Some(State::Processing)), 0, 0);
            }
            let firsts = pipeline
                .query_async::<Vec<Vec<String>>>(&mut connection)
                .await?;
            let now = redis::cmd("TIME").query_async(&mut connection).await?;
            Ok((firsts, now))
        };
        let (firsts, (seconds, micros)): Answer = self.connection.call(ask).await?;
        let now_ms = seconds.saturating_mul(1_000).saturating_add(micros / 1_000);
        let places = firsts
            .iter()
            .flatten()
            .filter_map(|entry| read_entry(entry));
        let oldest = places.map(|place| place.created_at_ms).min();
        Ok(oldest.map(|created| Duration::from_millis(now_ms.saturating_sub(created))))
    }
}
