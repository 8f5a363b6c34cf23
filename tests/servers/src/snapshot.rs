use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::server::LOG;

/// The files of a server as they were at one moment. What it stored after that is its lost tail once they are
/// put back, as after a power cut, a fail-over, or an old backup.
#[derive(Debug)]
pub struct Snapshot(TempDir);

impl Snapshot {
    /// Copies the files of a folder, but not the log.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        let copy = tempfile::tempdir()?;
        copy_all(folder, copy.path())?;
        Ok(Self(copy))
    }

    /// Makes a folder what it was.
    pub(crate) fn put_back(&self, folder: &Path) -> Result<()> {
        for entry in entries(folder)? {
            if entry.is_dir() {
                fs::remove_dir_all(entry)?;
            } else {
                fs::remove_file(entry)?;
            }
        }
        copy_all(self.0.path(), folder)
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in entries(from)? {
        let target = to.join(entry.file_name().context("an entry has a name")?);
        if entry.is_dir() {
            fs::create_dir(&target)?;
            copy_all(&entry, &target)?;
        } else {
            fs::copy(&entry, &target)?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
    let is_no_log = |entry: &std::path::PathBuf| entry.file_name() != Some(LOG.as_ref());
    Ok(entries.into_iter().filter(is_no_log).collect())
}
