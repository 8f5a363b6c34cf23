use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One request and its answer, as a client saw them: a line of JSON in its log.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry<'a> {
    /// When it was sent, in microseconds since 1970 (UTC), by a clock that never goes back in a log.
    pub sent_us: u64,
    /// When its answer was there or given up.
    pub answered_us: u64,
    /// What was asked for: `upload`, `status`, `thumbnail`, `delete`, `retry`, `list`, `store`, `publish`.
    pub operation: Cow<'a, str>,
    /// The medium, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_id: Option<Cow<'a, str>>,
    /// The HTTP code of the answer. `None` where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The type of the problem that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Cow<'a, str>>,
    /// Whether the answer said when to come back.
    #[serde(skip_serializing_if = "is_false")]
    pub retry_after: bool,
    /// The state that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Cow<'a, str>>,
    /// The phase that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Cow<'a, str>>,
    /// The version of the status that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The number of attempts that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// How often workers began to work on the medium and did not give it back uncounted, by the history that the
    /// answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<u32>,
    /// When the status was written last, as the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Cow<'a, str>>,
    /// The SHA-256 of the thumbnail: in a status as it is stated, of a thumbnail that of its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Cow<'a, str>>,
    /// The `ETag` of a thumbnail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<Cow<'a, str>>,
    /// What is wrong with the bytes of a thumbnail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flaw: Option<Cow<'a, str>>,
    /// The class of failure, where there is no answer or a wrong one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Cow<'a, str>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

impl Entry<'_> {
    /// Whether the answer told of an outcome.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.state.as_deref(), Some("Completed" | "Error"))
    }

    /// Whether the answer said that the image is not known.
    pub(crate) fn is_unknown(&self) -> bool {
        let is_of_image = match &*self.operation {
            "status" | "delete" | "retry" => true,
            // That a thumbnail is not there yet is another problem.
            "thumbnail" => self.problem.as_deref() == Some("/problems/unknown-image"),
            _ => false,
        };
        is_of_image && self.code == Some(404) && self.state.is_none()
    }

    /// Whether the answer shows that the image is there.
    pub(crate) fn is_there(&self) -> bool {
        match &*self.operation {
            "thumbnail" => self.code == Some(200),
            "status" | "retry" => self.state.is_some(),
            _ => false,
        }
    }
}
