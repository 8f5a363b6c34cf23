use std::io;
use std::path::PathBuf;

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
    /// The file is not a handler that can be used. Its author must mend it.
    #[error("{0}")]
    NotAHandler(String),
    /// A folder or file cannot be used.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
