use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::problem::Problem;
use crate::state::Api;

/// Ends a request that takes too long. A guard behind the time-outs of the ports, which end first.
pub(crate) async fn deadline(State(api): State<Api>, request: Request, next: Next) -> Response {
    match timeout(api.config.request_deadline(), next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::took_too_long(&api.config).into_response(),
    }
}
