use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::ImageId;
use crate::headers::preferred_wait;
use crate::problem::Problem;
use crate::representation::{preference_applied, status_answer};
use crate::state::Api;
use crate::wait::until_final;

/// `GET /images/{id}`: the status, under the code of the status.
///
/// With `Prefer: wait=N` the answer is held until the status is final or the time is over.
pub(crate) async fn get_image(
    State(api): State<Api>,
    ImageId(id): ImageId,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wait = preferred_wait(&headers);
    let status = match wait {
        Some(wait) => until_final(&api, id, wait).await,
        None => api.ports.status.get(id).await,
    };
    let status = status.map_err(|error| Problem::from_port(&error, Some(id), &api.config))?;
    let answer = status_answer(&api, &status.ok_or_else(Problem::no_such_image)?);
    Ok(if wait.is_some() {
        preference_applied(answer)
    } else {
        answer
    })
}
