use bytes::Bytes;
use http::HeaderMap;
use http::header::RETRY_AFTER;
use serde::Deserialize;

use crate::tally::Kind;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header as text, empty where it is missing.
    pub(crate) fn header(&self, name: http::HeaderName) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The class of an answer whose code is not the one that was hoped for.
    pub(crate) fn kind(&self) -> Kind {
        Kind::of_answer(self.code, self.headers.contains_key(RETRY_AFTER))
    }

    /// The status in the body, where there is one.
    pub(crate) fn status(&self) -> Option<ImageStatus> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a status says that matters here.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub(crate) struct ImageStatus {
    pub(crate) media_id: String,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) phase: Option<String>,
    #[serde(default)]
    pub(crate) attempts: Option<u32>,
    /// Grows with every change, where the server tells.
    #[serde(default)]
    pub(crate) version: Option<u64>,
    #[serde(default)]
    pub(crate) updated_at: Option<String>,
    #[serde(default)]
    pub(crate) thumbnail: Option<StatedThumbnail>,
}

/// What a status says of the thumbnail.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub(crate) struct StatedThumbnail {
    pub(crate) bytes: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) media_type: String,
    pub(crate) sha256: String,
}
