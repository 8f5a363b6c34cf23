use axum::body::Body;
use thumbnailify_core::{Error, MediaId, MediaKey, Original};

use super::UploadHeaders;
use crate::problem::Problem;
use crate::state::Api;
use crate::upload::{Fault, Upload, UploadBody};

/// Streams the body of an upload into the media store.
pub(super) async fn store(
    api: &Api,
    media_id: MediaId,
    key: &MediaKey,
    headers: &UploadHeaders,
    body: Body,
) -> Result<Original, Problem> {
    let config = &api.config;
    let body = UploadBody::new(
        body,
        headers.content_length,
        headers.encoding.max_body_bytes(config.max_upload_bytes),
        config.upload_idle(),
        config.upload_deadline(),
    );
    let mut upload = Upload::new(body, headers.encoding, config.max_upload_bytes);
    match api.ports.media.put(key, upload.stream()).await {
        Ok(bytes) => Ok(Original {
            bytes,
            sha256: upload.sha256(),
        }),
        Err(error) => Err(not_stored(api, media_id, key, error).await),
    }
}

/// Finds whose fault it was, and leaves nothing behind.
async fn not_stored(api: &Api, id: MediaId, key: &MediaKey, error: Error) -> Problem {
    let error = match error {
        Error::Body(source) => match source.downcast::<Fault>() {
            Ok(fault) => return Problem::from_fault(&fault, &api.config),
            Err(source) => Error::Body(source),
        },
        error => error,
    };
    // Only then it is unknown whether the file is there.
    if matches!(error, Error::Unavailable { .. }) {
        delete_original(api, key).await;
    }
    Problem::from_port(&error, Some(id), &api.config)
}

/// Deletes the file of a refused upload.
pub(super) async fn delete_original(api: &Api, key: &MediaKey) {
    if let Err(error) = api.ports.media.delete(key).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the file of a refused upload could not be deleted"
        );
    }
}
