use std::io;
use std::path::PathBuf;

use thumbnailify_core::LoadFaultKind;

/// The result of preparing the sandbox or a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong before a handler is in service, named by what the caller can do about it.
///
/// What goes wrong while one runs is a [`crate::sandbox::Fault`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The runtime cannot be set up on this machine.
    #[error("the sandbox could not be set up: {0:#}")]
    Setup(wasmtime::Error),
    /// A component cannot be used as a handler. Its author must mend it.
    #[error("{reason}")]
    NotAHandler {
        /// What is wrong, for programs.
        kind: LoadFaultKind,
        /// What is to be changed, in one sentence.
        reason: String,
    },
    /// This machine could not do it now. Another try may do better.
    #[error("{0}")]
    HostFault(String),
    /// A folder or file cannot be used.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why. It is part of the message already, and so no source of it.
        cause: io::Error,
    },
}

impl Error {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { path, cause }
    }

    pub(crate) fn not_a_handler(kind: LoadFaultKind, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::NotAHandler { kind, reason }
    }

    /// How the fault of a file is listed.
    pub(crate) fn load_fault_kind(&self) -> LoadFaultKind {
        match self {
            Self::NotAHandler { kind, .. } => *kind,
            Self::File { .. } | Self::HostFault(_) | Self::Setup(_) => LoadFaultKind::HostFault,
        }
    }

    /// What anybody may read: no path of this machine.
    pub(crate) fn for_everyone(&self) -> String {
        match self {
            Self::NotAHandler { reason, .. } | Self::HostFault(reason) => reason.clone(),
            Self::File { cause, .. } => format!("a file cannot be used now: {}", cause.kind()),
            Self::Setup(_) => "the sandbox does not work now".into(),
        }
    }
}
