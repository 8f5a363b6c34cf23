use std::convert::Infallible;
use std::time::Duration;

use futures::StreamExt;
use redis::{Client, RedisResult};
use thumbnailify_core::MediaId;
use tokio::sync::broadcast;
use tokio::time::timeout;

use crate::pause::pause;

/// Between two tries to subscribe. What is missed meanwhile is missed: changes are a hint.
const PAUSE: Duration = Duration::from_millis(500);

/// How long subscribing may take.
const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Passes on what the server tells of changes, on a connection of its own, for ever.
pub(super) async fn listen(
    client: Client,
    channels: Vec<String>,
    changes: broadcast::Sender<MediaId>,
) -> Infallible {
    let mut was_listening = true;
    loop {
        let listened = pass_on(&client, &channels, &changes, &mut was_listening).await;
        // One line for each outage, not one for each try.
        if was_listening {
            let reason = listened
                .err()
                .map_or_else(String::new, |error| error.to_string());
            tracing::warn!(reason, "redis tells of no changes for now");
        }
        was_listening = false;
        pause(PAUSE).await;
    }
}

/// Subscribes and listens until the connection breaks.
async fn pass_on(
    client: &Client,
    channels: &[String],
    changes: &broadcast::Sender<MediaId>,
    is_listening: &mut bool,
) -> RedisResult<()> {
    let subscribe = async {
        let mut subscription = client.get_async_pubsub().await?;
        subscription.subscribe(channels).await?;
        RedisResult::Ok(subscription)
    };
    let Ok(subscription) = timeout(SUBSCRIBE_TIMEOUT, subscribe).await else {
        return Ok(());
    };
    let mut messages = subscription?.into_on_message();
    *is_listening = true;
    while let Some(message) = messages.next().await {
        if let Some(id) = changed_id(message.get_payload_bytes()) {
            // That nobody listens is fine.
            changes.send(id).ok();
        }
    }
    Ok(())
}

/// A notice begins with the id.
fn changed_id(notice: &[u8]) -> Option<MediaId> {
    let id = notice.split(|byte| *byte == b' ').next()?;
    std::str::from_utf8(id).ok()?.parse().ok()
}
