use serde::{Deserialize, Serialize};

use crate::{MediaId, MediaType};

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
}
