use std::time::Instant;

use bytes::Bytes;
use http::Method;
use http_body_util::Full;

use super::steps::{Step, Steps};
use crate::tally::Operation;

/// What became of a deletion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deleted {
    /// The image was there and is gone.
    Gone,
    /// The server did not know the image.
    Unknown,
    /// It is not known. It is counted.
    Failed,
}

/// Deletes an image.
pub(crate) async fn delete(steps: &Steps, id: &str) -> Deleted {
    let started = Instant::now();
    let path = format!("/images/{id}");
    let request = steps.request(Method::DELETE, &path);
    let request = request.body(Full::new(Bytes::new()));
    let step = Step::new(Operation::Delete, Some(id));
    let Some(answer) = steps.send(step, request).await else {
        return Deleted::Failed;
    };
    match answer.code {
        204 => {
            steps.took(Operation::Delete, started.elapsed());
            Deleted::Gone
        }
        404 => Deleted::Unknown,
        _ => {
            steps.failed(Operation::Delete, answer.kind());
            Deleted::Failed
        }
    }
}
