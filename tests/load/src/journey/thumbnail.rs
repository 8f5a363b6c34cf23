use std::time::Instant;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, ETAG};
use http_body_util::Full;

use super::Encoding;
use super::check::Expected;
use super::steps::{Step, Steps};
use crate::http::{Answer, ImageStatus};
use crate::pictures::Sample;
use crate::tally::{End, Operation};

/// Fetches the thumbnail of a completed image and checks it. `None` when there was no answer, which is
/// counted.
pub(crate) async fn fetch_thumbnail(
    steps: &Steps,
    sample: &Sample,
    status: &ImageStatus,
) -> Option<End> {
    let started = Instant::now();
    let answer = thumbnail_answer(steps, &status.media_id).await?;
    match answer.code {
        200 => steps.took(Operation::Thumbnail, started.elapsed()),
        404 => {
            let detail = format!("{} is completed and has no thumbnail", status.media_id);
            return Some(End::Lost(detail));
        }
        _ => {
            steps.failed(Operation::Thumbnail, answer.kind());
            return None;
        }
    }
    let expected = Expected {
        size: sample.thumbnail_size,
        media_type: sample.media_type,
        stated: status.thumbnail.as_ref(),
    };
    let checked = check(steps, &answer, &expected);
    Some(match checked {
        Ok(()) => End::Completed,
        Err(detail) => End::Wrong(format!("{} of {}: {detail}", status.media_id, sample.name)),
    })
}

/// Asks for a thumbnail.
pub(crate) async fn thumbnail_answer(steps: &Steps, id: &str) -> Option<Answer> {
    let path = format!("/images/{id}/thumbnail");
    let request = steps.request(Method::GET, &path);
    let request = match steps.config.encoding {
        Encoding::Base64 => request,
        Encoding::Binary => request.header(ACCEPT, "image/*"),
    };
    let step = Step::new(Operation::Thumbnail, Some(id));
    steps
        .send(step, request.body(Full::new(Bytes::new())))
        .await
}

fn check(steps: &Steps, answer: &Answer, expected: &Expected<'_>) -> Result<(), String> {
    let media_type = answer.header(CONTENT_TYPE);
    if media_type != expected.media_type {
        return Err(format!("its type is {media_type:?}"));
    }
    let encoding = steps.config.encoding;
    let file = encoding.decode(&answer.body)?;
    let tag_end = encoding.tag_end();
    let sha256 = steps.check.check(&file, expected)?;
    let (tag, etag) = (format!("\"{sha256}{tag_end}\""), answer.header(ETAG));
    if etag != tag {
        return Err(format!("its tag is {etag} instead of {tag}"));
    }
    Ok(())
}
