use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{FaultKind, InvalidValue, MediaId, MediaKey, MediaType, ThumbnailOptions, Transition};

/// Where a medium stands, as its uploader sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum State {
    /// Accepted; the outcome is open.
    Processing,
    /// The thumbnail is there. Final.
    Completed,
    /// There will be no thumbnail; the message says why. Final.
    Error,
}

impl State {
    /// All states there are.
    pub const ALL: [Self; 3] = [Self::Processing, Self::Completed, Self::Error];

    /// The name, as JSON has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "Processing",
            Self::Completed => "Completed",
            Self::Error => "Error",
        }
    }

    /// Tells whether the state is an outcome.
    #[must_use]
    pub fn is_final(self) -> bool {
        self != Self::Processing
    }
}

impl FromStr for State {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "Processing" => Ok(Self::Processing),
            "Completed" => Ok(Self::Completed),
            "Error" => Ok(Self::Error),
            _ => {
                let allowed = "one of Processing, Completed, Error";
                Err(InvalidValue::new(text, allowed))
            }
        }
    }
}

/// The finer step inside a [`State`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Waiting for a worker.
    Queued,
    /// A worker holds the claim.
    Running,
    /// An attempt ended without an outcome; another will follow.
    Retrying,
    /// Final.
    Done,
}

/// Which part of the system wrote the status last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// The HTTP API.
    Webserver,
    /// The host of the handlers.
    Worker,
}

/// What is known about one medium.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The medium.
    pub media_id: MediaId,
    /// The media type of the upload.
    pub media_type: MediaType,
    /// Who wrote last.
    pub service: Service,
    /// Where it stands.
    pub state: State,
    /// The finer step.
    pub phase: Phase,
    /// One sentence for people.
    pub message: String,
    /// The HTTP status code that answers a question for this status.
    pub code: u16,
    /// Grows by one with every accepted write, and never falls.
    pub version: u64,
    /// The epoch of the job that is current; see [`crate::Job::epoch`].
    pub epoch: u32,
    /// How many attempts were begun in this epoch.
    pub attempts: u32,
    /// How many of them a crash of the handler ended. The others that failed are the fault of a machine.
    #[serde(default)]
    pub handler_faults: u32,
    /// When the upload was accepted, in milliseconds since 1970 (UTC).
    pub created_at_ms: u64,
    /// When the status was written last, in milliseconds since 1970 (UTC).
    pub updated_at_ms: u64,
    /// The upload.
    pub original: Original,
    /// What the thumbnail is to be like.
    #[serde(default, skip_serializing_if = "ThumbnailOptions::is_empty")]
    pub options: ThumbnailOptions,
    /// The thumbnail, once Completed.
    pub thumbnail: Option<Thumbnail>,
    /// Which handler made the outcome, where one was run.
    pub handler: Option<HandlerIdentity>,
    /// What the outcome took, where a handler was run.
    pub cost: Option<Cost>,
    /// How the handler went wrong, where the outcome is its fault.
    pub fault: Option<FaultKind>,
    /// The last writes, the oldest first, and [`Transition::KEPT`] at most.
    #[serde(default)]
    pub history: Vec<Transition>,
}

impl Status {
    /// The key of the upload.
    #[must_use]
    pub fn original_key(&self) -> MediaKey {
        MediaKey::original(self.media_id, &self.media_type)
    }

    /// The key of the thumbnail, once Completed.
    #[must_use]
    pub fn thumbnail_key(&self) -> Option<MediaKey> {
        let thumbnail = self.thumbnail.as_ref()?;
        let Thumbnail {
            epoch,
            attempt,
            media_type,
            ..
        } = thumbnail;
        Some(MediaKey::thumbnail(
            self.media_id,
            *epoch,
            *attempt,
            media_type,
        ))
    }
}

/// The upload as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Original {
    /// Its length in bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// The thumbnail as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Thumbnail {
    /// The epoch of the job that made it.
    pub epoch: u32,
    /// The attempt that made it. With the epoch it names the file.
    pub attempt: u32,
    /// What it is encoded as.
    pub media_type: MediaType,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// Which build of which handler.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandlerIdentity {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of the component, in lower-case hexadecimal.
    pub sha256: String,
}

/// What one run of a handler took.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cost {
    /// CPU time of the sandbox in microseconds.
    pub cpu_us: u64,
    /// Largest sum of the sandbox's linear memories, in bytes.
    pub peak_memory_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_spelt_and_read_as_in_json() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("completed".parse::<State>().is_err());
    }
}
