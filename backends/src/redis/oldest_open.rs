use std::time::Duration;

use redis::aio::ConnectionManager;
use thumbnailify_core::Result;

use super::store::RedisStore;

/// The first places of the lists of open media, and the server's time in seconds and microseconds.
type Answer = (Vec<Vec<String>>, (u64, u64));

impl RedisStore {
    /// The age of the first medium in the lists of those that are open: one look into each shard.
    pub(super) async fn age_of_oldest_open(&self) -> Result<Option<Duration>> {
        let ask = |mut connection: ConnectionManager| async move {
            let mut pipeline = redis::pipe();
            for list in self.keys.open_lists() {
                pipeline.zrange(list, 0, 0);
            }
            let firsts = pipeline
                .query_async::<Vec<Vec<String>>>(&mut connection)
                .await?;
            let now = redis::cmd("TIME").query_async(&mut connection).await?;
            Ok((firsts, now))
        };
        let (firsts, (seconds, micros)): Answer = self.connection.call(ask).await?;
        let now_ms = seconds.saturating_mul(1_000).saturating_add(micros / 1_000);
        let created_at_ms = firsts
            .iter()
            .flatten()
            .filter_map(|place| created_at_ms(place));
        let oldest = created_at_ms.min();
        Ok(oldest.map(|created| Duration::from_millis(now_ms.saturating_sub(created))))
    }
}

/// The time that a place begins with: milliseconds since 1970, a colon, the id.
fn created_at_ms(place: &str) -> Option<u64> {
    place.split_once(':')?.0.parse().ok()
}
