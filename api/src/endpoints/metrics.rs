use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::metrics::{self, Scope};
use crate::problem::Problem;
use crate::state::Api;

/// `GET /metrics`: what is measured in the whole system, for Prometheus. What cannot be learnt for now is left
/// out.
pub(crate) async fn metrics(State(api): State<Api>) -> Result<impl IntoResponse, Problem> {
    exposition(&api, Scope::System).await
}

/// `GET /metrics` of a worker: what is measured in this process.
pub(crate) async fn metrics_of_worker(
    State(api): State<Api>,
) -> Result<impl IntoResponse, Problem> {
    exposition(&api, Scope::Process).await
}

async fn exposition(api: &Api, scope: Scope) -> Result<impl IntoResponse + use<>, Problem> {
    let text = api
        .metrics
        .exposition(scope, &api.ports, &api.catalog)
        .await;
    // Writing into memory does not fail.
    let text = text.map_err(|_| Problem::internal())?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
