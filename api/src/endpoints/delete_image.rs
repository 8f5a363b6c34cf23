use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use thumbnailify_core::{Error, MediaId, MediaKey, Status, crash_point};

use super::ImageId;
use crate::problem::Problem;
use crate::state::Api;
use crate::task::outliving;

/// `DELETE /images/{id}`: removes the record, the upload and the thumbnail for good.
pub(crate) async fn delete_image(
    State(api): State<Api>,
    ImageId(id): ImageId,
) -> Result<StatusCode, Problem> {
    let config = Arc::clone(&api.config);
    // A client that hangs up does not stop the deletion half-way.
    let deleted = outliving(async move {
        // The record first: from here on no worker can finish the medium and no reader finds it.
        let status = api.ports.status.delete(id).await?;
        crash_point!("delete.recorded");
        if let Some(status) = &status {
            delete_files(&api, status).await;
            crash_point!("delete.unstored");
            forget_letter(&api, status.media_id).await;
        }
        crash_point!("delete.done");
        Ok::<_, Error>(status)
    });
    match deleted.await {
        Ok(Some(_)) => Ok(StatusCode::NO_CONTENT),
        Ok(None) => Err(Problem::no_such_image()),
        Err(error) => Err(Problem::from_port(&error, Some(id), &config)),
    }
}

/// Deletes what the record pointed to. Files that stay are unreachable, and cleaned up as orphans.
async fn delete_files(api: &Api, status: &Status) {
    let keys = [Some(status.original_key()), status.thumbnail_key()];
    for key in keys.into_iter().flatten() {
        delete_file(api, &key).await;
        crash_point!("delete.half-unstored");
    }
}

async fn delete_file(api: &Api, key: &MediaKey) {
    if let Err(error) = api.ports.media.delete(key).await {
        tracing::warn!(
            %key,
            error = &error as &dyn std::error::Error,
            "a file of a deleted image could not be deleted"
        );
    }
}

/// Removes what is kept of a job that was given up, whatever became of the image since. A letter that stays is
/// forgotten in time.
async fn forget_letter(api: &Api, id: MediaId) {
    if let Err(error) = api.ports.dead_letters.remove(id).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the dead letter of a deleted image could not be removed"
        );
    }
}
