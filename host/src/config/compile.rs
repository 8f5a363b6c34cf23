use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// What compiling one component may take. It is done by a process of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompileConfig {
    /// Size of a component file in MiB. Default 256.
    pub file_mib: u32,
    /// Address space of the compiler's process in MiB. Default 2,048.
    pub memory_mib: u32,
    /// CPU time in seconds, of all its threads together. Default 60.
    pub cpu_s: u32,
    /// Wall-clock time in seconds, for a machine that is busy with jobs meanwhile. Default 600.
    pub deadline_s: u32,
    /// Compiled code that nobody has used for so many days is deleted at the start. Default 30; 0 keeps it.
    pub keep_days: u32,
}

impl Default for CompileConfig {
    fn default() -> Self {
        Self {
            file_mib: 256,
            memory_mib: 2_048,
            cpu_s: 60,
            deadline_s: 600,
            keep_days: 30,
        }
    }
}

impl CompileConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            (1..=4_096).contains(&self.file_mib),
            "compile.file_mib",
            "must be between 1 and 4096",
        )?;
        InvalidSetting::unless(
            self.memory_mib >= 256,
            "compile.memory_mib",
            "must be at least 256, what the compiler itself needs",
        )?;
        InvalidSetting::unless(
            (1..=3_600).contains(&self.cpu_s),
            "compile.cpu_s",
            "must be between 1 and 3600",
        )?;
        InvalidSetting::unless(
            (1..=3_600).contains(&self.deadline_s),
            "compile.deadline_s",
            "must be between 1 and 3600",
        )
    }

    pub(crate) fn file_max_bytes(&self) -> u64 {
        u64::from(self.file_mib) << 20
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_s.into())
    }

    pub(crate) fn keep(&self) -> Option<Duration> {
        let seconds = u64::from(self.keep_days) * 24 * 3_600;
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }
}
