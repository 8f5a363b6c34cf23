use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::LOCATION;
use axum::response::Response;
use thumbnailify_core::{MediaId, NewMedia, Status};

use crate::admission::{UploadHeaders, admit};
use crate::headers::preferred_wait;
use crate::middleware::name_subject;
use crate::problem::Problem;
use crate::query::UploadQuery;
use crate::representation::{accepted_answer, image_path, preference_applied, status_answer};
use crate::state::Api;
use crate::task::outliving;
use crate::trace::RequestTrace;
use crate::wait::until_final;

/// `POST /images`: stores the upload, queues its job, and answers where its status is found.
///
/// The query says what the thumbnail is to be like. With `wait=N` in it, or `Prefer: wait=N`, the answer is held until the status is final or the time is over; it is then
/// the answer that `GET` would give.
pub(crate) async fn create_image(
    State(api): State<Api>,
    request: Request,
) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let query = UploadQuery::read(&head.uri, api.largest_side);
    let query = query.map_err(|option| Problem::bad_option(&option))?;
    let headers = UploadHeaders::read(&api, &head.headers).await?;
    let id = MediaId::random();
    name_subject(id);
    let trace = head.extensions.get::<RequestTrace>();
    let trace = trace.map(RequestTrace::for_job).unwrap_or_default();
    // Once the upload is recorded its job must be published, whether the client still listens or not.
    let admission = {
        let api = api.clone();
        let options = query.options;
        async move { admit(&api, id, headers, options, trace, body).await }
    };
    let new = outliving(admission).await?;
    let preferred = preferred_wait(&head.headers);
    let answer = match preferred.or(query.wait) {
        Some(wait) => outcome_answer(&api, &new, until_final(&api, id, wait).await),
        None => accepted_answer(&api, &new),
    };
    let answer = match preferred {
        Some(_) => preference_applied(answer),
        None => answer,
    };
    Ok(located(answer, id))
}

/// The status as it is found, else the promise of one: the upload is accepted, so no failure to look at
/// it may sound like a refusal.
fn outcome_answer(
    api: &Api,
    new: &NewMedia,
    outcome: thumbnailify_core::Result<Option<Status>>,
) -> Response {
    match outcome {
        Ok(Some(status)) => status_answer(api, &status),
        Ok(None) => accepted_answer(api, new),
        Err(error) => {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "the outcome cannot be waited for"
            );
            accepted_answer(api, new)
        }
    }
}

fn located(mut answer: Response, id: MediaId) -> Response {
    // The path of an id is plain ASCII, so it always is a header value.
    if let Ok(location) = HeaderValue::try_from(image_path(id)) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}
