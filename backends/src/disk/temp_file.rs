use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use thumbnailify_core::crash_point;
use uuid::Uuid;

use super::folder::Folder;

/// The name of a file on its way in. Dropping it removes the file.
#[derive(Debug)]
pub(super) struct TempFile {
    /// `None` once the file has its name.
    path: Option<PathBuf>,
}

impl TempFile {
    /// Makes an empty file that nobody else can read.
    pub(super) fn create(folder: &Folder) -> io::Result<(Self, File)> {
        let path = folder.temp_path(&Uuid::new_v4().to_string());
        let mut options = File::options();
        options.write(true).create_new(true).mode(0o600);
        options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        let file = options.open(&path)?;
        Ok((Self { path: Some(path) }, file))
    }

    /// Makes the bytes durable, then gives them their name, then makes the name durable.
    pub(super) fn persist(mut self, file: &File, folder: &Folder, target: &Path) -> io::Result<()> {
        crash_point!("file.written");
        file.sync_all()?;
        crash_point!("file.synced");
        folder.create_parent(target)?;
        if let Some(path) = &self.path {
            fs::rename(path, target)?;
            self.path = None;
        }
        crash_point!("file.named");
        folder.sync(target)
    }

    /// The same, where there is no file of that name yet; else the error says so.
    pub(super) fn persist_new(self, file: &File, folder: &Folder, target: &Path) -> io::Result<()> {
        file.sync_all()?;
        if let Some(path) = &self.path {
            fs::hard_link(path, target)?;
        }
        folder.sync(target)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let Some(path) = &self.path else { return };
        if let Err(error) = fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "a temporary file stays behind");
        }
    }
}
