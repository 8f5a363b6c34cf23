use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::fault::Fault;
use super::limit::Limit;

/// The raw body of an upload, bounded in time and length.
#[derive(Debug)]
pub(crate) struct UploadBody {
    chunks: BodyDataStream,
    /// What the client said that it will send, and has not sent yet.
    missing: Option<u64>,
    limit: Limit,
    idle: Duration,
    deadline: Instant,
}

impl UploadBody {
    /// Bounds a body: at most `max_bytes` long, with pauses of at most `idle`, whole after `time`.
    pub(crate) fn new(
        body: Body,
        content_length: Option<u64>,
        max_bytes: u64,
        idle: Duration,
        time: Duration,
    ) -> Self {
        Self {
            chunks: body.into_data_stream(),
            missing: content_length,
            limit: Limit::new(max_bytes),
            idle,
            deadline: Instant::now() + time,
        }
    }

    /// Reads the next chunk. `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let latest = self.deadline.min(Instant::now() + self.idle);
        match timeout_at(latest, self.chunks.next()).await {
            Err(_) => Err(Fault::Late),
            Ok(Some(Err(_))) => Err(Fault::CutOff),
            Ok(Some(Ok(chunk))) => self.count(chunk).map(Some),
            Ok(None) if self.missing.is_some_and(|missing| missing > 0) => Err(Fault::CutOff),
            Ok(None) => Ok(None),
        }
    }

    fn count(&mut self, chunk: Bytes) -> Result<Bytes, Fault> {
        self.limit.take(chunk.len())?;
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.missing = self.missing.map(|missing| missing.saturating_sub(length));
        Ok(chunk)
    }
}

#[cfg(test)]
mod tests {
    use axum::BoxError;
    use futures::stream;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn body_of(chunks: impl IntoIterator<Item = Result<&'static str, BoxError>>) -> Body {
        Body::from_stream(stream::iter(chunks.into_iter().collect::<Vec<_>>()))
    }

    fn silent_after(chunk: &'static str) -> Body {
        let spoken = stream::iter([Ok::<_, BoxError>(chunk)]);
        Body::from_stream(spoken.chain(stream::pending()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_is_late() {
        let second = Duration::from_secs(1);
        let mut body = UploadBody::new(silent_after("a"), None, 9, second, HOUR);
        assert_eq!(body.next().await.unwrap().unwrap(), "a");
        assert!(matches!(body.next().await, Err(Fault::Late)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_trickles_is_late() {
        let second = Duration::from_secs(1);
        let ticks = tokio::time::interval(Duration::from_millis(900));
        let trickle = stream::unfold(ticks, |mut ticks| async {
            ticks.tick().await;
            Some((Ok::<_, BoxError>("a"), ticks))
        });
        let mut body = UploadBody::new(Body::from_stream(trickle), None, 99, second, 5 * second);
        let mut chunks = 0;
        let end = loop {
            match body.next().await {
                Ok(_) => chunks += 1,
                Err(fault) => break fault,
            }
        };
        assert!(matches!(end, Fault::Late), "{end}");
        assert_eq!(chunks, 6);
    }

    #[tokio::test]
    async fn fewer_bytes_than_announced_are_a_cut() {
        let mut body = UploadBody::new(body_of([Ok("ab")]), Some(3), 9, HOUR, HOUR);
        assert_eq!(body.next().await.unwrap().unwrap(), "ab");
        assert!(matches!(body.next().await, Err(Fault::CutOff)));
    }

    #[tokio::test]
    async fn an_error_of_the_connection_is_a_cut() {
        let mut body = UploadBody::new(
            body_of([Ok("ab"), Err("reset".into())]),
            None,
            9,
            HOUR,
            HOUR,
        );
        assert_eq!(body.next().await.unwrap().unwrap(), "ab");
        assert!(matches!(body.next().await, Err(Fault::CutOff)));
    }

    #[tokio::test]
    async fn a_body_without_end_is_too_large() {
        let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, BoxError>("    ")));
        let mut body = UploadBody::new(endless, None, 9, HOUR, HOUR);
        assert!(body.next().await.is_ok() && body.next().await.is_ok());
        assert!(matches!(body.next().await, Err(Fault::TooLarge)));
    }
}
