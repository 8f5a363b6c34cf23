use std::io;
use std::path::Path;

use rustix::fs::{StatVfs, statvfs};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// How much of the disk new uploads leave free, so that what was accepted can be finished.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiskSettings {
    /// Uploads are refused where less than this part of the disk is free, in percent of its bytes, and of the
    /// files that it can hold. 0 to 90. Default: 5.
    pub reserve_percent: u8,
    /// Uploads are refused where less than this is free, in MiB; the larger of the two counts. Default: 1,024.
    pub reserve_mib: u32,
}

impl Default for DiskSettings {
    fn default() -> Self {
        Self {
            reserve_percent: 5,
            reserve_mib: 1_024,
        }
    }
}

impl DiskSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            self.reserve_percent <= 90,
            "disk.reserve_percent",
            "must be at most 90",
        )
    }

    /// Checks that there is more room than the reserve; else the error is that of a full disk.
    pub(super) fn check(&self, folder: &Path) -> io::Result<()> {
        if self.leaves_room(&statvfs(folder)?) {
            Ok(())
        } else {
            Err(Errno::NOSPC.into())
        }
    }

    fn leaves_room(&self, disk: &StatVfs) -> bool {
        let part = |all: u64| u128::from(all) * u128::from(self.reserve_percent) / 100;
        let bytes = |blocks: u64| u128::from(blocks) * u128::from(disk.f_frsize);
        let all_bytes = u64::try_from(bytes(disk.f_blocks)).unwrap_or(u64::MAX);
        let reserve = part(all_bytes).max(u128::from(self.reserve_mib) << 20);
        // A file system without a fixed number of files says that it has none at all.
        bytes(disk.f_bavail) >= reserve && u128::from(disk.f_favail) >= part(disk.f_files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    /// A disk of 100 GiB with a million files.
    fn check(free_bytes: u64, free_files: u64, expected: bool) {
        let mut disk = statvfs(Path::new("/")).unwrap();
        (disk.f_frsize, disk.f_blocks, disk.f_files) = (4_096, 100 * GIB / 4_096, 1_000_000);
        (disk.f_bavail, disk.f_favail) = (free_bytes / 4_096, free_files);
        let has_room = DiskSettings::default().leaves_room(&disk);
        assert_eq!(has_room, expected, "{free_bytes} {free_files}");
    }

    #[test]
    fn the_reserve_is_of_bytes_and_of_files() {
        check(5 * GIB, 50_000, true);
        check(5 * GIB - 4_096, 50_000, false);
        check(5 * GIB, 49_999, false);
        check(100 * GIB, 0, false);
    }

    #[test]
    fn the_larger_reserve_counts_and_a_disk_without_a_count_of_files_has_enough() {
        let mut disk = statvfs(Path::new("/")).unwrap();
        (disk.f_frsize, disk.f_blocks, disk.f_files) = (1_024, 2 * GIB / 1_024, 0);
        (disk.f_bavail, disk.f_favail) = (GIB / 1_024, 0);
        assert!(DiskSettings::default().leaves_room(&disk));
        disk.f_bavail -= 1;
        assert!(!DiskSettings::default().leaves_room(&disk));
        let off = DiskSettings {
            reserve_percent: 0,
            reserve_mib: 0,
        };
        disk.f_bavail = 0;
        assert!(off.leaves_room(&disk));
    }
}
