use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::candidate::signature_path;
use crate::{Error, Result};

/// What changes when a file, or the signature beside it, is written anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    component: FileStamp,
    signature: Option<FileStamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct FileStamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

#[cfg(test)]
impl Stamp {
    /// A file of so many bytes, as far as a test cares.
    pub(super) fn of_length(bytes: u64) -> Self {
        let component = FileStamp {
            inode: 1,
            bytes,
            modified: (0, 0),
            changed: (0, 0),
        };
        Self {
            component,
            signature: None,
        }
    }
}

impl FileStamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// A file as a look at the folder has found it.
#[derive(Clone, Debug)]
pub(super) enum Found {
    File(Stamp),
    /// It is there, and cannot be looked at now.
    Unknown,
}

/// The `.wasm` files of a folder by name. A missing folder is an empty one.
pub(super) fn scan(folder: &Path) -> Result<BTreeMap<String, Found>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Error::file(folder)(error)),
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(Error::file(folder))?.path();
        let is_component = path
            .extension()
            .is_some_and(|extension| extension == "wasm");
        let file_name = path.file_name().and_then(|name| name.to_str());
        if let (true, Some(file_name), Some(seen)) = (is_component, file_name, look_at(&path)) {
            found.insert(file_name.to_owned(), seen);
        }
    }
    Ok(found)
}

/// `None` when the file has just been taken away.
fn look_at(path: &Path) -> Option<Found> {
    match fs::metadata(path) {
        Ok(metadata) => {
            let signature = fs::metadata(signature_path(path)).ok();
            Some(Found::File(Stamp {
                component: FileStamp::of(&metadata),
                signature: signature.as_ref().map(FileStamp::of),
            }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(_) => Some(Found::Unknown),
    }
}
