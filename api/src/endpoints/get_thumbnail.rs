use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, IntoResponseParts, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use httpdate::HttpDate;
use thumbnailify_core::{Error, MediaKey, State as MediaState, Status, Thumbnail};

use super::ImageId;
use crate::headers::{is_current, names_pictures};
use crate::problem::Problem;
use crate::state::Api;
use crate::timestamp::Timestamp;

/// `GET /images/{id}/thumbnail`: the thumbnail as base64 text, or as it is to those whose `Accept`
/// names pictures.
pub(crate) async fn get_thumbnail(
    State(api): State<Api>,
    ImageId(id): ImageId,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let from_port = |error: Error| Problem::from_port(&error, Some(id), &api.config);
    let status = api.ports.status.get(id).await.map_err(from_port)?;
    let status = status.ok_or_else(Problem::no_such_image)?;
    let (thumbnail, key) = finished(&api, &status)?;
    let variant = Variant::chosen(&headers);
    let etag = variant.etag(thumbnail);
    let last_modified = Timestamp(status.updated_at_ms).http_date();
    let described = describe(&api, &etag, last_modified);
    if is_current(&headers, &etag, last_modified) {
        return Ok((StatusCode::NOT_MODIFIED, described).into_response());
    }
    let bytes = api.ports.media.get(&key).await.map_err(from_port)?;
    let bytes = bytes.ok_or_else(|| missing_file(&key))?;
    let content_type = [(CONTENT_TYPE, thumbnail.media_type.as_str())];
    Ok((described, content_type, variant.body(bytes)).into_response())
}

/// The two ways to send a thumbnail.
#[derive(Clone, Copy, Debug)]
enum Variant {
    Base64,
    Raw,
}

impl Variant {
    fn chosen(headers: &HeaderMap) -> Self {
        if names_pictures(headers) {
            Self::Raw
        } else {
            Self::Base64
        }
    }

    /// Each variant has a tag of its own, since their bytes differ.
    fn etag(self, thumbnail: &Thumbnail) -> String {
        match self {
            Self::Base64 => format!("\"{}-base64\"", thumbnail.sha256),
            Self::Raw => format!("\"{}\"", thumbnail.sha256),
        }
    }

    fn body(self, bytes: Bytes) -> Bytes {
        match self {
            Self::Base64 => STANDARD.encode(bytes).into(),
            Self::Raw => bytes,
        }
    }
}

/// The thumbnail and its file, or the problem that says why there is none.
fn finished<'a>(api: &Api, status: &'a Status) -> Result<(&'a Thumbnail, MediaKey), Problem> {
    if let (Some(thumbnail), Some(key)) = (&status.thumbnail, status.thumbnail_key()) {
        return Ok((thumbnail, key));
    }
    match status.state {
        MediaState::Processing => {
            let detail = "The image is still being processed";
            Err(Problem::no_thumbnail(status.state, detail).retry_after(&api.config))
        }
        MediaState::Completed | MediaState::Error => {
            let detail = format!("There is no thumbnail: {}", status.message);
            Err(Problem::no_thumbnail(status.state, detail).with_fault(status.fault))
        }
    }
}

/// The headers that a 304 has as well.
fn describe(
    api: &Api,
    etag: &str,
    last_modified: HttpDate,
) -> impl IntoResponse + IntoResponseParts + use<> {
    let max_age_s = api.config.thumbnail_max_age_s;
    [
        (ETAG, etag.to_owned()),
        (LAST_MODIFIED, last_modified.to_string()),
        // Private, since whoever knows the id may see it, but no cache on the way should keep it.
        (CACHE_CONTROL, format!("private, max-age={max_age_s}")),
        (VARY, ACCEPT.to_string()),
    ]
}

fn missing_file(key: &MediaKey) -> Problem {
    tracing::error!(%key, "the file of a completed thumbnail is missing");
    Problem::no_thumbnail(MediaState::Completed, "The thumbnail was lost")
}
