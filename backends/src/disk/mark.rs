//! The file that says which system the folder is of. A folder whose disk is not mounted has none.

use std::fs;
use std::io::{self, Write};

use thumbnailify_core::SystemId;

use super::folder::Folder;
use super::store::found;
use super::temp_file::TempFile;

/// Its name, beside the folders of the keys.
const FILE: &str = "system-id";

/// Reads which system a folder is of.
pub(super) fn read(folder: &Folder) -> io::Result<Option<SystemId>> {
    let Some(text) = found(fs::read_to_string(folder.path(FILE)))? else {
        return Ok(None);
    };
    let read = text.parse().map(Some);
    read.map_err(|_| io::Error::other(format!("the file {FILE} of the media folder holds no id")))
}

/// Says which system a folder is of, unless it says so already, and returns what it says.
pub(super) fn write(folder: &Folder, system: SystemId) -> io::Result<SystemId> {
    if let Some(said) = read(folder)? {
        return Ok(said);
    }
    let (temp, mut file) = TempFile::create(folder)?;
    writeln!(file, "{system}")?;
    match temp.persist_new(&file, folder, &folder.path(FILE)) {
        Ok(()) => Ok(system),
        // Another process was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(folder)?.ok_or(error),
        Err(error) => Err(error),
    }
}

/// Passes a folder that is of a system.
pub(super) fn check(folder: &Folder, insisted: Option<SystemId>) -> io::Result<()> {
    let Some(system) = insisted else {
        return Ok(());
    };
    if read(folder)? == Some(system) {
        return Ok(());
    }
    let reason = format!(
        "the media folder is not that of system {system}, by its file {FILE}: is its disk mounted?"
    );
    Err(io::Error::other(reason))
}
