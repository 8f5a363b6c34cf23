use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use thumbnailify_core::{Announcement, Error, MediaType};

use crate::catalog::{is_suspended, media_types};
use crate::problem::Problem;
use crate::state::Api;
use crate::upload::Encoding;

/// What the headers of an upload say about its body.
#[derive(Debug)]
pub(crate) struct UploadHeaders {
    pub(super) media_type: MediaType,
    pub(super) encoding: Encoding,
    pub(super) content_length: Option<u64>,
}

impl UploadHeaders {
    /// Refuses what can be refused before a byte of the body is read.
    pub(crate) async fn read(api: &Api, headers: &HeaderMap) -> Result<Self, Problem> {
        let media_type = handled_media_type(api, headers).await?;
        if is_compressed(headers) {
            return Err(Problem::unsupported_content_encoding());
        }
        let encoding = Encoding::of(headers).ok_or_else(Problem::unknown_transfer_encoding)?;
        let content_length = content_length(headers);
        let max_bytes = encoding.max_body_bytes(api.config.max_upload_bytes);
        if content_length.is_some_and(|length| length > max_bytes) {
            return Err(Problem::too_large(&api.config));
        }
        if api.full_queue.is_known() {
            return Err(Problem::from_port(&Error::QueueFull, None, &api.config));
        }
        Ok(Self {
            media_type,
            encoding,
            content_length,
        })
    }
}

/// The media type of `Content-Type`, if some worker takes it.
///
/// Nobody is turned away by an old answer of the workers: a handler may have come a moment ago.
async fn handled_media_type(api: &Api, headers: &HeaderMap) -> Result<MediaType, Problem> {
    let value = content_type(headers)?;
    let lately = api.catalog.announced().await;
    let lately = lately.map_err(|error| Problem::from_port(&error, None, &api.config))?;
    if let Ok(media_type) = taken(api, value, &lately) {
        return Ok(media_type);
    }
    let now = api.catalog.current().await;
    let now = now.map_err(|error| Problem::from_port(&error, None, &api.config))?;
    taken(api, value, &now)
}

/// The media type of a header, if it is among those that were announced.
fn taken(
    api: &Api,
    value: &HeaderValue,
    announcements: &[Announcement],
) -> Result<MediaType, Problem> {
    if announcements.is_empty() {
        return Err(Problem::no_worker(&api.config));
    }
    let supported = media_types(announcements);
    let given = String::from_utf8_lossy(value.as_bytes());
    match given.parse::<MediaType>() {
        Ok(media_type) if supported.contains(&&media_type) => Ok(media_type),
        Ok(media_type) if is_suspended(announcements, &media_type) => {
            Err(Problem::suspended(&media_type))
        }
        Ok(media_type) => Err(Problem::unsupported_media_type(
            media_type.as_str(),
            &supported,
        )),
        Err(_) => Err(Problem::unsupported_media_type(
            "this Content-Type",
            &supported,
        )),
    }
}

/// The one `Content-Type`. An empty one says no more than none.
fn content_type(headers: &HeaderMap) -> Result<&HeaderValue, Problem> {
    let mut values = headers.get_all(CONTENT_TYPE).into_iter();
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value),
        (_, Some(_)) => Err(Problem::repeated_content_type()),
        _ => Err(Problem::missing_content_type()),
    }
}

fn is_compressed(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).into_iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The announced length. `None` for a body that comes in chunks; hyper has refused any nonsense.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
