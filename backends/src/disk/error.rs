use std::io;

use rustix::io::Errno;
use thumbnailify_core::Error;

/// Sorts an error of the file system by what the caller can do about it. A limit on the size of files is a full
/// disk to whoever meets it.
pub(super) fn disk_error(error: io::Error) -> Error {
    match Errno::from_io_error(&error) {
        Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => Error::DiskFull,
        Some(Errno::LOOP) => Error::broken("disk", "a symbolic link stands in place of a file"),
        _ => Error::unavailable("disk", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(errno: Errno, is_full: bool) {
        let error = disk_error(errno.into());
        assert_eq!(matches!(error, Error::DiskFull), is_full, "{errno}");
    }

    #[test]
    fn a_full_disk_is_told_from_a_broken_one() {
        check(Errno::NOSPC, true);
        check(Errno::DQUOT, true);
        check(Errno::FBIG, true);
        check(Errno::IO, false);
        check(Errno::ROFS, false);
    }
}
