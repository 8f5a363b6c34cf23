use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use thumbnailify_core::{Error, Result};

use super::fault::BACKEND;

/// Keeps other processes out of a folder until it is dropped or the process ends.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(super) fn acquire(dir: &Path) -> Result<Self> {
        let file = File::options()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(dir.join("lock"))
            .map_err(|error| unusable(dir, &error.to_string()))?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| unusable(dir, "another process has it open"))?;
        Ok(Self { _file: file })
    }
}

fn unusable(dir: &Path, reason: &str) -> Error {
    let dir = dir.display();
    Error::unavailable(
        BACKEND,
        format!("the folder {dir} cannot be used: {reason}"),
    )
}
