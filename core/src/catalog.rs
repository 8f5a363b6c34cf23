use serde::{Deserialize, Serialize};

use crate::{HandlerIdentity, MediaType};

/// What the workers can handle, as the API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalog {
    /// Every handler that was found, those that failed to load among them.
    pub handlers: Vec<HandlerSummary>,
}

impl Catalog {
    /// The media types that a ready handler takes, sorted, each once.
    #[must_use]
    pub fn media_types(&self) -> Vec<&MediaType> {
        let ready = self
            .handlers
            .iter()
            .filter(|handler| handler.state == HandlerState::Ready);
        let mut types: Vec<_> = ready
            .flat_map(|handler| handler.media_types.iter().map(|handled| &handled.mime))
            .collect();
        types.sort();
        types.dedup();
        types
    }

    /// Tells whether a ready handler takes the media type.
    #[must_use]
    pub fn handles(&self, media_type: &MediaType) -> bool {
        self.media_types().contains(&media_type)
    }
}

/// One handler, as it is listed for users.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandlerSummary {
    /// Name, version and hash. For a file that failed to load, the name is that of the file and the
    /// version is empty.
    #[serde(flatten)]
    pub identity: HandlerIdentity,
    /// `builtin`, or the name of the file in the handlers folder.
    pub origin: String,
    /// What it takes.
    pub media_types: Vec<HandledType>,
    /// The interfaces that the component imports.
    pub imports: Vec<String>,
    /// Whether it is in service.
    #[serde(flatten)]
    pub state: HandlerState,
}

/// A media type that a handler takes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandledType {
    /// The media type.
    pub mime: MediaType,
    /// File name extensions in lower case without the dot.
    pub extensions: Vec<String>,
}

/// Whether a handler is in service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum HandlerState {
    /// It takes jobs.
    Ready,
    /// It could not be loaded.
    Failed {
        /// Why, in one sentence.
        reason: String,
    },
}
