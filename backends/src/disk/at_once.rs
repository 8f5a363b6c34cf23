//! Reads of what the system has in memory, which wait for nothing, so that they need no thread of their own.
//!
//! Each gives `None` where it would have to wait, and wherever else something is in the way: a thread that may wait
//! then finds out what it is.

use std::fs::File;
use std::io::IoSliceMut;
use std::path::Path;

use bytes::Bytes;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::{ReadWriteFlags, preadv2};

/// Larger files are not read on a thread that has other things to do.
const MAX_BYTES: u64 = 256 << 10;

/// Opens a file. The time of the access is not noted, which could wait for the disk.
pub(super) fn open_at_once(path: &Path) -> Option<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NOATIME;
    let opened = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED);
    opened.ok().map(File::from)
}

/// Reads a whole file.
pub(super) fn read_at_once(path: &Path) -> Option<Bytes> {
    let file = open_at_once(path)?;
    let length = file.metadata().ok()?.len();
    if length > MAX_BYTES {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let read = preadv2(&file, &mut parts, 0, ReadWriteFlags::NOWAIT).ok()?;
    (read == bytes.len()).then(|| bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_just_written_is_read_at_once_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for bytes in [b"".as_slice(), b"written"] {
            std::fs::write(&path, bytes).unwrap();
            // Not every file system can tell what it has in memory.
            assert!(read_at_once(&path).is_none_or(|read| read == bytes));
        }
    }

    #[test]
    fn what_is_no_file_of_ours_is_left_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let (large, link) = (dir.path().join("large"), dir.path().join("link"));
        let bytes = usize::try_from(MAX_BYTES).unwrap() + 1;
        std::fs::write(&large, vec![7; bytes]).unwrap();
        std::os::unix::fs::symlink(&large, &link).unwrap();
        assert!(read_at_once(&large).is_none());
        assert!(open_at_once(&link).is_none());
        assert!(open_at_once(&dir.path().join("missing")).is_none());
    }
}
