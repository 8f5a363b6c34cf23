use crate::MediaId;

/// Any error from below a port, kept as the source.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of a call to a port.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong behind a port, named by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The backend is out of reach or too slow. Whether a write happened is unknown: repeat the
    /// call later, every write of a port may be repeated.
    #[error("{backend} is unavailable")]
    Unavailable {
        /// Which backend, such as `redis`.
        backend: &'static str,
        /// The backend's own error.
        source: BoxError,
    },
    /// The queue takes no more jobs for now. Nothing was stored.
    #[error("the queue is full")]
    QueueFull,
    /// The media store has no room left. Nothing was stored.
    #[error("the disk is full")]
    DiskFull,
    /// The id is taken by another upload. Choose a new one.
    #[error("media {0} exists already")]
    AlreadyExists(MediaId),
    /// The body of a `put` ended with an error of its own; nothing was stored. The source is the
    /// error that the body gave.
    #[error("the body could not be read")]
    Body(#[source] BoxError),
    /// The backend holds or answered something that it never should. Repeating does not help.
    #[error("{backend}: {detail}")]
    Broken {
        /// Which backend.
        backend: &'static str,
        /// What is wrong, with the key concerned.
        detail: String,
    },
}

impl Error {
    /// Wraps the error of a backend that may be back later.
    pub fn unavailable(backend: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Unavailable {
            backend,
            source: source.into(),
        }
    }

    /// Reports something that a backend should never hold or answer.
    pub fn broken(backend: &'static str, detail: impl Into<String>) -> Self {
        Self::Broken {
            backend,
            detail: detail.into(),
        }
    }

    /// Tells whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::QueueFull | Self::DiskFull
        )
    }
}
