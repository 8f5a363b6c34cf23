use std::collections::HashSet;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::OFlags;
use thumbnailify_core::SystemId;

use super::mark;

/// Where the temporary files are, beside the folders of the keys and thus in the same file system.
const TEMP: &str = "tmp";

/// The root folder and those of its subfolders that are known to be durable.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// Bounded by the fan-out of the keys, 257 folders for each kind of file.
    durable: Mutex<HashSet<PathBuf>>,
    /// The system whose folder it must be, once that is known.
    insisted: Mutex<Option<SystemId>>,
}

impl Folder {
    /// Makes the root folder and its folder for temporary files where they are missing.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        create_private(&root.join(TEMP))?;
        let root = root.canonicalize()?;
        sync_folder(&root)?;
        if let Some(parent) = root.parent() {
            // Somebody else's folder need not be readable; then its owner has made it durable.
            sync_folder(parent).ok();
        }
        Ok(Self {
            root,
            durable: Mutex::default(),
            insisted: Mutex::default(),
        })
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    pub(super) fn temp_path(&self, name: &str) -> PathBuf {
        self.root.join(TEMP).join(name)
    }

    /// Has every use from now on be one of the folder of this system.
    pub(super) fn insist_on(&self, system: SystemId) {
        *self.insisted() = Some(system);
    }

    /// Passes the right folder: one whose disk is not mounted looks like one that has lost everything.
    pub(super) fn check_system(&self) -> io::Result<()> {
        let insisted = *self.insisted();
        mark::check(self, insisted)
    }

    fn insisted(&self) -> std::sync::MutexGuard<'_, Option<SystemId>> {
        self.insisted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the folder of a file where it is missing. It outlives a power cut only after [`Self::sync`].
    pub(super) fn create_parent(&self, path: &Path) -> io::Result<()> {
        match path.parent() {
            Some(folder) if !self.durable().contains(folder) => create_private(folder),
            _ => Ok(()),
        }
    }

    /// Makes the name of a file outlive a power cut, and with it those of the folders that it is in.
    ///
    /// All names at once, after the last of them is there: most file systems write them out together. A folder
    /// that was there before counts as new, as whoever made it may not have come so far yet.
    pub(super) fn sync(&self, path: &Path) -> io::Result<()> {
        let is_inside = |folder: &&Path| folder.starts_with(&self.root);
        let mut new = Vec::new();
        for folder in path.ancestors().skip(1).take_while(is_inside) {
            sync_folder(folder)?;
            if self.durable().contains(folder) {
                break;
            }
            new.push(folder.to_owned());
        }
        // Not before the names of all are: another file in one of these folders may be on its way.
        self.durable().extend(new);
        Ok(())
    }

    fn durable(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        // A set of what is known is right at any moment, so a panic elsewhere does not matter.
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the names in a folder durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.read(true);
    options.custom_flags((OFlags::DIRECTORY | OFlags::NOFOLLOW).bits().cast_signed());
    options.open(folder)?.sync_all()
}

fn create_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
