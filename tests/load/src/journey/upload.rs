use std::time::Instant;

use http::Method;
use http::header::CONTENT_TYPE;
use http_body_util::Full;

use super::Encoding;
use super::steps::{Step, Steps};
use crate::pictures::Sample;
use crate::tally::{Kind, Operation};

/// Uploads a picture. The latency counts from the planned start. `None` when it was not accepted.
pub(crate) async fn upload(steps: &Steps, sample: &Sample, planned: Instant) -> Option<String> {
    let request = steps
        .request(Method::POST, "/images")
        .header(CONTENT_TYPE, sample.media_type);
    let request = match steps.config.encoding {
        Encoding::Base64 => request.body(Full::new(sample.base64.clone())),
        Encoding::Binary => request
            .header("content-transfer-encoding", "binary")
            .body(Full::new(sample.file.clone())),
    };
    let step = Step::new(Operation::Upload, None);
    let answer = steps.send(step, request).await?;
    if answer.code != 202 {
        steps.failed(Operation::Upload, answer.kind());
        return None;
    }
    let Some(status) = answer.status() else {
        steps.failed(Operation::Upload, Kind::Unreadable);
        return None;
    };
    steps.took(Operation::Upload, planned.elapsed());
    steps.tally.lock().accepted += 1;
    Some(status.media_id)
}
