use serde::{Deserialize, Serialize};

use crate::{MediaId, MediaType, Status, ThumbnailOptions, Trace};

/// What the queue carries: which upload to work on. No bytes; those are in the media store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The upload.
    pub media_id: MediaId,
    /// Its media type, which chooses the handler.
    pub media_type: MediaType,
    /// The size of the upload in bytes.
    pub bytes: u64,
    /// The SHA-256 of the upload, in lower-case hexadecimal. Empty in a job of an older version.
    #[serde(default)]
    pub sha256: String,
    /// Counts how often the upload was put into the queue on purpose, from 1. A job of an older epoch
    /// than the status has is superseded.
    pub epoch: u32,
    /// What the thumbnail is to be like. Nothing is said in a job of an older version.
    #[serde(default, skip_serializing_if = "ThumbnailOptions::is_empty")]
    pub options: ThumbnailOptions,
    /// Which request it goes back to. Nothing is said in a job of an older version.
    #[serde(default, skip_serializing_if = "Trace::is_empty")]
    pub trace: Trace,
}

impl Job {
    /// The job that is current by a status. Which request it goes back to is not known any more.
    #[must_use]
    pub fn of(status: &Status) -> Self {
        Self {
            media_id: status.media_id,
            media_type: status.media_type.clone(),
            bytes: status.original.bytes,
            sha256: status.original.sha256.clone(),
            epoch: status.epoch,
            options: status.options,
            trace: Trace::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"{
        "media_id": "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de",
        "media_type": "image/png",
        "bytes": 7,
        "epoch": 1
    }"#;

    #[test]
    fn a_job_of_an_older_version_has_no_hash_no_options_and_no_trace() {
        let job: Job = serde_json::from_str(OLD).unwrap();
        assert_eq!(job.sha256, "");
        assert!(job.options.is_empty() && job.trace.is_empty());
        let json = serde_json::to_string(&job).unwrap();
        assert!(
            !json.contains("options") && !json.contains("trace"),
            "{json}"
        );
    }

    #[test]
    fn options_travel_in_the_job_and_those_of_a_later_version_are_passed_over() {
        let json = OLD.replace(
            "\"epoch\": 1",
            r#""epoch": 1, "options": {"width": 300, "smart": "yes"}"#,
        );
        let job: Job = serde_json::from_str(&json).unwrap();
        assert_eq!(job.options.width, crate::Side::new(300));
        let json = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&json).unwrap(), job);
    }
    #[test]
    fn a_trace_that_cannot_be_read_does_not_cost_the_job() {
        let trace = r#""epoch": 1, "trace": {"request_id": "a\u0007", "traceparent": 1}"#;
        let job: Job = serde_json::from_str(&OLD.replace("\"epoch\": 1", trace)).unwrap();
        assert!(job.trace.is_empty());
    }
}
