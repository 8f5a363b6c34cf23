use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use clap::ValueEnum;

/// How journeys go.
#[derive(Clone, Debug)]
pub struct JourneyConfig {
    /// How uploads and thumbnails travel. Default: base64.
    pub encoding: Encoding,
    /// How the outcome is learned. Default: the server holds its answer.
    pub follow: Follow,
    /// How long an outcome may take before the upload counts as stuck. Default: a minute.
    pub follow_for: Duration,
    /// The pause between two polls. Default: 100 ms.
    pub poll: Duration,
    /// How long an answer may take that the server was not asked to hold. Default: 15 s.
    pub patience: Duration,
    /// How many reads of the status there are right after the upload, whatever they say. Default: none.
    pub reads: u32,
}

impl Default for JourneyConfig {
    fn default() -> Self {
        Self {
            encoding: Encoding::Base64,
            follow: Follow::Wait,
            follow_for: Duration::from_mins(1),
            poll: Duration::from_millis(100),
            patience: Duration::from_secs(15),
            reads: 0,
        }
    }
}

/// How uploads and thumbnails travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Encoding {
    /// As base64 text, which is what the clients of the original speak.
    Base64,
    /// As they are.
    Binary,
}

impl Encoding {
    /// The file that travelled as these bytes.
    ///
    /// # Errors
    /// They are not base64, in words.
    pub(crate) fn decode(self, body: &Bytes) -> Result<Bytes, String> {
        match self {
            Self::Binary => Ok(body.clone()),
            Self::Base64 => {
                let file = BASE64_STANDARD.decode(body);
                Ok(file.map_err(|error| error.to_string())?.into())
            }
        }
    }

    /// What the `ETag` of a thumbnail has behind the hash of its file.
    pub(crate) fn tag_end(self) -> &'static str {
        match self {
            Self::Binary => "",
            Self::Base64 => "-base64",
        }
    }
}

/// How the outcome of an upload is learned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Follow {
    /// By `Prefer: wait`: the server holds its answer.
    Wait,
    /// By asking again and again.
    Poll,
}
