use serde::{Deserialize, Serialize};

use crate::{HandlerCounters, HandlerIdentity, MediaType};

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
        self.types_of(|state| *state == HandlerState::Ready)
    }

    /// The media types that only a suspended handler takes, sorted, each once.
    #[must_use]
    pub fn suspended_media_types(&self) -> Vec<&MediaType> {
        let ready = self.media_types();
        let mut types = self.types_of(|state| matches!(state, HandlerState::Suspended { .. }));
        types.retain(|media_type| !ready.contains(media_type));
        types
    }

    /// The media types of the handlers in certain states, sorted, each once.
    fn types_of(&self, is_wanted: impl Fn(&HandlerState) -> bool) -> Vec<&MediaType> {
        let wanted = self
            .handlers
            .iter()
            .filter(|handler| is_wanted(&handler.state));
        let mut types: Vec<_> = wanted
            .flat_map(|handler| handler.media_types.iter().map(|handled| &handled.mime))
            .collect();
        types.sort();
        types.dedup();
        types
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
    /// What one run of it may take. Absent where the file failed to load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Budgets>,
    /// What it did since its worker was started.
    #[serde(default)]
    pub counters: HandlerCounters,
    /// What its owner should know although it is in service, in whole sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
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

/// What one run of a handler may take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Budgets {
    /// Sum of its linear memories in MiB.
    pub memory_mib: u32,
    /// Wall-clock time in milliseconds.
    pub deadline_ms: u32,
    /// Bytes read from the upload in MiB.
    pub read_mib: u32,
    /// Calls that read from the upload.
    pub read_calls: u32,
    /// Millions of pixels of the source.
    pub source_megapixels: u32,
    /// Size of its answer in MiB.
    pub raster_mib: u32,
    /// Frames of an animation.
    pub frames: u32,
    /// Lines in its log.
    pub log_lines: u32,
}

/// Whether a handler is in service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum HandlerState {
    /// It takes jobs.
    Ready,
    /// It could be loaded, and others come first for everything that it takes.
    Shadowed {
        /// Who, and how that is changed, in one sentence.
        reason: String,
    },
    /// It crashed so often that it was taken out of service.
    Suspended {
        /// How often, and what lifts it, in one sentence.
        reason: String,
    },
    /// It could not be loaded.
    Failed {
        /// What is wrong, for programs.
        kind: LoadFaultKind,
        /// Why, in one sentence.
        reason: String,
    },
}

/// Why a file does not become a handler.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadFaultKind {
    /// The file cannot be read, or is too large.
    Unreadable,
    /// It has no valid signature or its hash is not allowed.
    Untrusted,
    /// It is no WebAssembly component.
    NotAComponent,
    /// It cannot be compiled, or not within the limits for that.
    NotCompiled,
    /// It imports what no handler gets.
    RefusedImport,
    /// It does not export a handler of a version that is known here.
    WrongInterface,
    /// It cannot say what it is, or what it says makes no sense.
    BadDescription,
    /// It crashed or hung at an empty upload.
    FailedSelfTest,
    /// The machine could not read, compile or start it now. It is tried again.
    HostFault,
}

impl HandlerState {
    /// The name, as it stands in the catalog and in the metrics.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Shadowed { .. } => "shadowed",
            Self::Suspended { .. } => "suspended",
            Self::Failed { .. } => "failed",
        }
    }
}

impl LoadFaultKind {
    /// The name, as it stands in the catalog and in the metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Untrusted => "untrusted",
            Self::NotAComponent => "not-a-component",
            Self::NotCompiled => "not-compiled",
            Self::RefusedImport => "refused-import",
            Self::WrongInterface => "wrong-interface",
            Self::BadDescription => "bad-description",
            Self::FailedSelfTest => "failed-self-test",
            Self::HostFault => "host-fault",
        }
    }
}
