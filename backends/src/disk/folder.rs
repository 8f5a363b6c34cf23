use std::collections::HashSet;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::OFlags;

/// Where the temporary files are, beside the folders of the keys and thus in the same file system.
const TEMP: &str = "tmp";

/// The root folder and those of its subfolders that are known to be durable.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// Bounded by the fan-out of the keys, 65,536 folders for each kind of file.
    durable: Mutex<HashSet<PathBuf>>,
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
        })
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    pub(super) fn temp_path(&self, name: &str) -> PathBuf {
        self.root.join(TEMP).join(name)
    }

    /// Makes the folder of a file, such that it outlives a power cut.
    ///
    /// The parents are synced even if the folder is there: whoever made it may not have come so far yet.
    pub(super) fn create_parent(&self, path: &Path) -> io::Result<()> {
        let Some(folder) = path.parent() else {
            return Ok(());
        };
        if self.durable().contains(folder) {
            return Ok(());
        }
        create_private(folder)?;
        let below_root = |parent: &&Path| parent.starts_with(&self.root);
        for parent in folder.ancestors().skip(1).take_while(below_root) {
            sync_folder(parent)?;
        }
        self.durable().insert(folder.to_owned());
        Ok(())
    }

    fn durable(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        // A set of what is known is right at any moment, so a panic elsewhere does not matter.
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.read(true);
    options.custom_flags((OFlags::DIRECTORY | OFlags::NOFOLLOW).bits().cast_signed());
    options.open(folder)?.sync_all()
}

fn create_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
