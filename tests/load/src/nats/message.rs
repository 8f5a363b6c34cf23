use async_nats::HeaderMap;
use serde::Serialize;
use thumbnailify_core::{MediaId, Original};

use crate::pictures::Sample;

/// The stream of jobs. The API and the workers make it.
pub(super) const STREAM: &str = "TN_JOBS";

/// Marks a message, so that a repeat of it is known.
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// The epoch that every upload starts in.
pub(super) const FIRST_EPOCH: u32 = 1;

/// A job as `docs/queue.md` has it.
///
/// Not the product's own type: what is written there must be enough.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Message<'a> {
    media_id: String,
    media_type: &'a str,
    bytes: u64,
    sha256: &'a str,
    epoch: u32,
}

impl<'a> Message<'a> {
    pub(super) fn new(id: MediaId, sample: &Sample, original: &'a Original) -> Self {
        Self {
            media_id: id.to_string(),
            media_type: sample.media_type,
            bytes: original.bytes,
            sha256: &original.sha256,
            epoch: FIRST_EPOCH,
        }
    }

    /// `tn.job.` and the two parts of the media type, each with `_` for what means something in a subject.
    pub(super) fn subject(&self) -> String {
        let (kind, subtype) = self.media_type.split_once('/').unwrap_or_default();
        let token = |name: &str| name.replace(['.', '*', '>', ' '], "_");
        format!("tn.job.{}.{}", token(kind), token(subtype))
    }

    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(MESSAGE_ID, format!("{}:{}", self.media_id, self.epoch));
        headers
    }

    pub(super) fn body(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::Job;

    use super::*;

    #[test]
    fn the_documented_message_is_a_job() {
        let sample = Sample::tiny_png().unwrap();
        let original = Original {
            bytes: 7,
            sha256: "ab".repeat(32),
        };
        let id: MediaId = "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de".parse().unwrap();
        let message = Message::new(id, &sample, &original);
        assert_eq!(message.subject(), "tn.job.image.png");
        let message_id = message.headers().get(MESSAGE_ID).unwrap().to_string();
        assert_eq!(message_id, format!("{id}:1"));
        let job: Job = serde_json::from_slice(&message.body().unwrap()).unwrap();
        assert_eq!((job.media_id, job.bytes, job.epoch), (id, 7, 1));
        assert_eq!(job.media_type.as_str(), "image/png");
        assert_eq!(job.sha256, original.sha256);
    }
}
