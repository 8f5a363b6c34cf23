use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::state::Api;

/// Lets a client read the answer to a request whose body was not read to its end.
///
/// A connection that is closed with unread bytes is reset, and the reset can overtake the answer: most
/// clients send their whole body before they read. So the rest is read and thrown away, for a while.
pub(crate) async fn linger(State(api): State<Api>, request: Request, next: Next) -> Response {
    // Who expects `100 Continue` sends nothing before it, and reading would ask for the body.
    let is_sending = !request.headers().contains_key(EXPECT);
    let request = request.map(|body| {
        if body.is_end_stream() {
            return body;
        }
        let chunks = Some(body.into_data_stream());
        Body::from_stream(Lingering {
            chunks,
            is_sending,
            time: api.config.linger(),
        })
    });
    next.run(request).await
}

/// A body that is read on after it was dropped.
struct Lingering {
    chunks: Option<BodyDataStream>,
    /// Whether the client sends its body: at once, or since it was asked for it.
    is_sending: bool,
    time: Duration,
}

impl Stream for Lingering {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.is_sending = true;
        let Some(chunks) = &mut self.chunks else {
            return Poll::Ready(None);
        };
        let next = chunks.poll_next_unpin(context);
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            self.chunks = None;
        }
        next
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(chunks), Ok(runtime)) = (self.chunks.take(), Handle::try_current()) else {
            return;
        };
        if self.is_sending {
            runtime.spawn(timeout(
                self.time,
                chunks.for_each(|_| std::future::ready(())),
            ));
        }
    }
}
