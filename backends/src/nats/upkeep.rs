use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer;
use async_nats::jetstream::stream::{Info, Stream};
use async_trait::async_trait;
use thumbnailify_core::{BoxError, Error, QueueUpkeep, Result};
use tokio::time::timeout;

use super::BACKEND;
use super::delivery::since;
use super::job_queue::NatsQueue;
use super::topology::STREAM;

/// How long all that one call asks of the server may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the last look at the stream found too much in it.
#[derive(Debug, Default)]
pub(super) struct Ghosts {
    /// How far the consumer had come then. `None` if nothing was wrong.
    delivered: Mutex<Option<u64>>,
}

impl Ghosts {
    /// Notes what a look found, and tells whether the one before found the same with the consumer at rest.
    fn again(&self, suspected_at: Option<u64>) -> bool {
        let mut delivered = self
            .delivered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_again = suspected_at.is_some() && *delivered == suspected_at;
        *delivered = suspected_at;
        is_again
    }
}

#[async_trait]
impl QueueUpkeep for NatsQueue {
    async fn oldest(&self) -> Result<Option<Duration>> {
        let asked = async {
            let state = self.stream().await?.get_info().await?.state;
            let came_ns = state.first_timestamp.unix_timestamp_nanos();
            Ok((state.messages > 0).then(|| since(came_ns)))
        };
        in_time(asked).await
    }

    /// Server 2.9 brings acknowledged messages back after it was killed: they are counted, and never handed out.
    async fn remove_ghosts(&self) -> Result<u64> {
        in_time(async {
            let stream = self.stream().await?;
            let before = stream.get_info().await?;
            let consumer = self.consumer().await?.get_info().await?;
            let suspected = has_ghosts(&before, &consumer);
            let suspected_at = suspected.then_some(consumer.delivered.stream_sequence);
            // Below the floor everything is acknowledged. Older servers take a purge up to the first message, that is
            // of nothing, for one of everything.
            let floor = consumer.ack_floor.stream_sequence;
            if !self.ghosts.again(suspected_at) || floor == 0 {
                return Ok(0);
            }
            Ok(stream.purge().sequence(floor + 1).await?.purged)
        })
        .await
    }
}

impl NatsQueue {
    async fn stream(&self) -> Result<Stream, BoxError> {
        // Makes it where it is missing.
        self.consumer().await?;
        Ok(self.context.get_stream(STREAM).await?)
    }
}

fn has_ghosts(stream: &Info, consumer: &consumer::Info) -> bool {
    let ack_pending = u64::try_from(consumer.num_ack_pending).unwrap_or(u64::MAX);
    let known = consumer.num_pending.saturating_add(ack_pending);
    stream.state.messages > known
}

async fn in_time<T>(asked: impl Future<Output = Result<T, BoxError>>) -> Result<T> {
    match timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(|error| Error::unavailable(BACKEND, error)),
        Err(elapsed) => Err(Error::unavailable(BACKEND, elapsed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_found_twice_at_the_same_place_counts() {
        let ghosts = Ghosts::default();
        for (suspected_at, expected) in [
            (Some(7), false),
            (Some(8), false),
            (Some(8), true),
            (None, false),
            (Some(8), false),
            (Some(8), true),
        ] {
            assert_eq!(ghosts.again(suspected_at), expected, "{suspected_at:?}");
        }
    }
}
