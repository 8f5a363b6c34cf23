use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::Response;

use crate::state::Api;

/// Parts with a client once the server is told to stop: its next request goes elsewhere, and not into a connection
/// that is about to end.
pub(crate) async fn part(State(api): State<Api>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if api.leaving.is_cancelled() {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
