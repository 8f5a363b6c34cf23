use rusqlite::ErrorCode;
use thumbnailify_core::Error;

/// The name of this backend in errors.
pub(super) const BACKEND: &str = "embedded database";

/// What can go wrong in a step on the database.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A field that does not read as what it should be.
    #[error("{0}")]
    Field(String),
    #[error(transparent)]
    Port(#[from] Error),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Sqlite(error) => sqlite_error(&error),
            Fault::Field(detail) => Self::broken(BACKEND, detail),
            Fault::Port(error) => error,
        }
    }
}

/// Sorts an error by what the caller can do about it. It takes a reference, since all requests of a
/// batch share the error of its commit.
pub(super) fn sqlite_error(error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::DiskFull,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
            Error::broken(BACKEND, error.to_string())
        }
        Some(_) => Error::unavailable(BACKEND, error.to_string()),
    }
}
