use axum::extract::{Request, State};
use axum::response::Response;
use thumbnailify_core::{TryAgain, try_again};

use super::ImageId;
use crate::headers::preferred_wait;
use crate::problem::Problem;
use crate::representation::{preference_applied, status_answer};
use crate::state::Api;
use crate::task::outliving;
use crate::trace::RequestTrace;
use crate::wait::until_final;

/// `POST /images/{id}/retry`: queues an image in Error once more, with a fresh budget of attempts, as long as its
/// upload is kept. Answers as `GET` does from then on.
///
/// With `Prefer: wait=N` the answer is held until the status is final or the time is over.
pub(crate) async fn retry_image(
    State(api): State<Api>,
    ImageId(id): ImageId,
    request: Request,
) -> Result<Response, Problem> {
    let trace = request.extensions().get::<RequestTrace>();
    let trace = trace.map(RequestTrace::for_job).unwrap_or_default();
    // A client that hangs up does not leave an image open without its job.
    let ports = api.ports.clone();
    let tried = outliving(async move { try_again(&ports, id, trace).await }).await;
    let tried = tried.map_err(|error| Problem::from_port(&error, Some(id), &api.config))?;
    let queued = match tried {
        TryAgain::Queued(status) => *status,
        TryAgain::NotFailed(state) => return Err(Problem::not_failed(state)),
        TryAgain::OriginalGone => return Err(Problem::upload_gone()),
        TryAgain::Unknown => return Err(Problem::no_such_image()),
    };
    let Some(wait) = preferred_wait(request.headers()) else {
        return Ok(status_answer(&api, &queued));
    };
    // It is queued, so no failure to look at it may sound like a refusal.
    let outcome = until_final(&api, id, wait).await.ok().flatten();
    let answer = status_answer(&api, &outcome.unwrap_or(queued));
    Ok(preference_applied(answer))
}
