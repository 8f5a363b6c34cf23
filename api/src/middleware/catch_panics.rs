use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use crate::problem::Problem;

/// Answers with a problem where a request makes us panic, instead of a cut connection.
///
/// Nothing broken is left behind: a request owns what it works with, and the ports are atomic.
pub(crate) async fn catch_panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            // The panic hook has told where and why.
            tracing::error!("a request ended in a panic");
            Problem::internal().into_response()
        }
    }
}
