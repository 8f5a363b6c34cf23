use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{ConnectOptions, Event};
use thumbnailify_core::{Error, Result};
use uuid::Uuid;

use super::{BACKEND, NatsSettings};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A peer that died without a word is noticed after four of these, which is within the deadline of an upload.
const PING_INTERVAL: Duration = Duration::from_secs(2);

const RECONNECT_FIRST: Duration = Duration::from_millis(50);
const RECONNECT_LONGEST: Duration = Duration::from_secs(2);

/// Few, so that an overload shows in the answers instead of in memory.
const MAX_PUBLISHES_IN_FLIGHT: usize = 256;

/// Begins to connect and returns at once; the servers may come later.
pub(super) async fn connect(settings: &NatsSettings) -> Result<Context> {
    let client = ConnectOptions::new()
        .name(format!("thumbnailify-{}", std::process::id()))
        .connection_timeout(CONNECT_TIMEOUT)
        .ping_interval(PING_INTERVAL)
        .retry_on_initial_connect()
        .max_reconnects(None)
        .reconnect_delay_callback(reconnect_delay)
        .event_callback(async |event| report(&event))
        .connect(settings.urls.as_slice())
        .await
        .map_err(|error| Error::unavailable(BACKEND, error))?;
    let context = ContextBuilder::new()
        .timeout(settings.request_timeout())
        .max_ack_inflight(MAX_PUBLISHES_IN_FLIGHT)
        .build(client);
    Ok(context)
}

/// The delay doubles with each attempt. It is spread by half, so that the processes that lost a server
/// together do not come back together.
fn reconnect_delay(attempt: usize) -> Duration {
    let doublings = u32::try_from(attempt).unwrap_or(u32::MAX).min(10);
    let delay = (RECONNECT_FIRST * 2_u32.pow(doublings)).min(RECONNECT_LONGEST);
    let (random, _) = Uuid::new_v4().as_u64_pair();
    let percent = 50 + u32::try_from(random % 101).unwrap_or_default();
    delay * percent / 100
}

fn report(event: &Event) {
    match event {
        Event::Connected => tracing::info!("connected to nats"),
        Event::Disconnected => tracing::warn!("disconnected from nats, trying to reconnect"),
        other => tracing::debug!(event = %other, "nats client"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_to_its_bound() {
        for (attempt, expected_ms) in [(0, 50), (3, 400), (6, 2_000), (1_000_000, 2_000)] {
            let delay_ms = reconnect_delay(attempt).as_millis();
            let range = expected_ms / 2..=expected_ms * 3 / 2;
            assert!(range.contains(&delay_ms), "{attempt}: {delay_ms}");
        }
    }
}
