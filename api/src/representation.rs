use axum::Json;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thumbnailify_core::{
    Cost, FaultKind, HandlerIdentity, MediaId, MediaType, NewMedia, Original, Phase, Service,
    State, Status, Thumbnail, ThumbnailOptions, Transition,
};

use crate::state::Api;
use crate::timestamp::Timestamp;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// A status as clients see it: first the five keys that there always were, then the rest.
#[derive(Debug, Serialize)]
pub(crate) struct ImageStatus<'a> {
    media_id: MediaId,
    media_type: &'a MediaType,
    message: &'a str,
    service: Service,
    state: State,
    phase: Phase,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
    attempts: u32,
    original: &'a Original,
    #[serde(skip_serializing_if = "ThumbnailOptions::is_empty")]
    options: &'a ThumbnailOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail: Option<ThumbnailLink<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<&'a HandlerIdentity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<&'a Cost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultKind>,
    /// Left out of lists, which it would make several times as long.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<Step<'a>>>,
}

/// A transition: how the status stood from then on.
#[derive(Debug, Serialize)]
struct Step<'a> {
    version: u64,
    at: Timestamp,
    service: Service,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<&'a str>,
    state: State,
    phase: Phase,
    epoch: u32,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// A thumbnail without the parts of its file's name, which are ours alone.
#[derive(Debug, Serialize)]
struct ThumbnailLink<'a> {
    bytes: u64,
    width: u32,
    height: u32,
    media_type: &'a MediaType,
    url: String,
    sha256: &'a str,
}

/// Where the status of a medium is found.
pub(crate) fn image_path(id: MediaId) -> String {
    format!("/images/{id}")
}

/// The answer for a recorded status. Its HTTP code is that of the status.
pub(crate) fn status_answer(api: &Api, status: &Status) -> Response {
    let body = ImageStatus::of(status).with_history(status);
    answer(api, answer_code(status), &body)
}

/// The answer for an upload that was accepted just now.
pub(crate) fn accepted_answer(api: &Api, new: &NewMedia) -> Response {
    answer(api, StatusCode::ACCEPTED, &ImageStatus::of_new(new))
}

/// Says that the wait which the client preferred was granted (RFC 7240).
pub(crate) fn preference_applied(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(PREFERENCE_APPLIED, HeaderValue::from_static("wait"));
    response
}

/// A code that does not fit its state is a fault of ours.
fn answer_code(status: &Status) -> StatusCode {
    match status.state {
        State::Processing => StatusCode::ACCEPTED,
        State::Completed => StatusCode::OK,
        State::Error => StatusCode::from_u16(status.code)
            .ok()
            .filter(|code| code.is_client_error() || code.is_server_error())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn answer(api: &Api, code: StatusCode, body: &ImageStatus<'_>) -> Response {
    let mut response = (code, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !body.state.is_final() {
        headers.insert(RETRY_AFTER, api.config.retry_after_s.into());
    }
    response
}

impl<'a> ImageStatus<'a> {
    pub(crate) fn of(status: &'a Status) -> Self {
        Self {
            media_id: status.media_id,
            media_type: &status.media_type,
            message: &status.message,
            service: status.service,
            state: status.state,
            phase: status.phase,
            version: status.version,
            created_at: Some(Timestamp(status.created_at_ms)),
            updated_at: Some(Timestamp(status.updated_at_ms)),
            attempts: status.attempts,
            original: &status.original,
            options: &status.options,
            thumbnail: status
                .thumbnail
                .as_ref()
                .map(|thumbnail| ThumbnailLink::of(status.media_id, thumbnail)),
            handler: status.handler.as_ref(),
            cost: status.cost.as_ref(),
            fault: status.fault,
            history: None,
        }
    }

    fn with_history(self, status: &'a Status) -> Self {
        let history = status.history.iter().map(Step::of).collect();
        Self {
            history: Some(history),
            ..self
        }
    }

    /// What `create` recorded. Without times: those are the store's, and not worth a second question.
    fn of_new(new: &'a NewMedia) -> Self {
        Self {
            media_id: new.media_id,
            media_type: &new.media_type,
            message: &new.message,
            service: Service::Webserver,
            state: State::Processing,
            phase: Phase::Queued,
            version: 1,
            created_at: None,
            updated_at: None,
            attempts: 0,
            original: &new.original,
            options: &new.options,
            thumbnail: None,
            handler: None,
            cost: None,
            fault: None,
            history: None,
        }
    }
}

impl<'a> Step<'a> {
    fn of(transition: &'a Transition) -> Self {
        Self {
            version: transition.version,
            at: Timestamp(transition.at_ms),
            service: transition.service,
            worker: transition.worker.as_deref(),
            state: transition.state,
            phase: transition.phase,
            epoch: transition.epoch,
            attempts: transition.attempts,
            reason: transition.reason.as_deref(),
        }
    }
}

impl<'a> ThumbnailLink<'a> {
    fn of(id: MediaId, thumbnail: &'a Thumbnail) -> Self {
        Self {
            bytes: thumbnail.bytes,
            width: thumbnail.width,
            height: thumbnail.height,
            media_type: &thumbnail.media_type,
            url: format!("{}/thumbnail", image_path(id)),
            sha256: &thumbnail.sha256,
        }
    }
}
