//! Takes an upload from its headers until it is stored, recorded and queued.

mod full_queue;
mod headers;
mod record;
mod store;

pub(crate) use full_queue::FullQueue;
pub(crate) use headers::UploadHeaders;

use axum::body::Body;
use thumbnailify_core::{MediaId, MediaKey, NewMedia, ThumbnailOptions, Trace, crash_point};
use uuid::Uuid;

use self::record::record_and_queue;
use crate::problem::Problem;
use crate::state::Api;

/// What the status says of a new upload.
const ACCEPTED: &str = "Processing image, use `media_id` to check status";

/// Accepts an upload, or leaves nothing of it behind.
pub(crate) async fn admit(
    api: &Api,
    media_id: MediaId,
    headers: UploadHeaders,
    options: ThumbnailOptions,
    trace: Trace,
    body: Body,
) -> Result<NewMedia, Problem> {
    let key = MediaKey::original(media_id, &headers.media_type);
    let original = store::store(api, media_id, &key, &headers, body).await?;
    crash_point!("upload.stored");
    let new = NewMedia {
        media_id,
        media_type: headers.media_type,
        original,
        options,
        message: ACCEPTED.to_owned(),
        request: Uuid::new_v4(),
    };
    match record_and_queue(api, &new, trace, &key).await {
        Ok(()) => {
            api.metrics.uploads.count(&new);
            Ok(new)
        }
        Err(error) => Err(Problem::from_port(&error, Some(media_id), &api.config)),
    }
}
