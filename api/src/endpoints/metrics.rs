use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::metrics;
use crate::state::Api;

/// `GET /metrics`: what is measured, for Prometheus. What cannot be learnt for now is left out.
pub(crate) async fn metrics(State(api): State<Api>) -> impl IntoResponse {
    let announcements = api.catalog.current().await;
    let announcements = announcements.inspect_err(|error| {
        let error = error as &dyn std::error::Error;
        tracing::warn!(error, "the metrics of the handlers cannot be read");
    });
    let text = metrics::exposition(announcements.ok().as_deref());
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text)
}
