use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use thumbnailify_core::MediaId;
use tracing::{Instrument, Span};

use crate::state::Api;
use crate::trace::{REQUEST_ID, RequestTrace};

/// Names the medium that a request is about, for every line of the log from here on.
pub(crate) fn name_subject(id: MediaId) {
    Span::current().record("media.id", tracing::field::display(id));
}

/// Gives every request its id, which the answer tells, and logs and counts one line per request.
///
/// The route, not the path, so that equal requests have equal lines.
pub(crate) async fn access_log(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let trace = RequestTrace::of(request.headers());
    request.extensions_mut().insert(trace.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = trace.span();
    let mut response = next.run(request).instrument(span.clone()).await;
    response.headers_mut().insert(REQUEST_ID, trace.header());
    let (status, duration) = (response.status(), begun.elapsed());
    api.metrics
        .requests
        .count(&method, route.as_ref(), status, duration);
    span.in_scope(|| log(&method, route.as_ref(), status, duration));
    response
}

fn log(method: &Method, route: Option<&MatchedPath>, status: StatusCode, duration: Duration) {
    tracing::info!(
        %method,
        route = route.map_or("-", MatchedPath::as_str),
        status = status.as_u16(),
        duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        "answered a request"
    );
}
