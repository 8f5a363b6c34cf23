use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::{Budgets, InvalidSetting};

/// What one run of a handler may take. A run that asks for more ends with an error that names the budget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sum of its linear memories in MiB. Default 512.
    pub memory_mib: u32,
    /// Wall-clock time in milliseconds. Default 20,000.
    pub deadline_ms: u32,
    /// Bytes read from the upload in MiB, repeated reads counted again. Default 1,024.
    pub read_mib: u32,
    /// Calls that read from the upload. Default 200,000.
    pub read_calls: u32,
    /// Pixels of the source in millions, all of one frame. Default 1,000.
    pub source_megapixels: u32,
    /// Size of its answer in MiB, all frames together. Default 64.
    pub raster_mib: u32,
    /// Frames of an animation. Default 256.
    pub frames: u32,
    /// Lines in its log; further ones are dropped. Default 100.
    pub log_lines: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_mib: 512,
            deadline_ms: 20_000,
            read_mib: 1_024,
            read_calls: 200_000,
            source_megapixels: 1_000,
            raster_mib: 64,
            frames: 256,
            log_lines: 100,
        }
    }
}

impl Limits {
    /// Checks every value. `section` is where they stand in the configuration, such as `limits`.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self, section: &str) -> Result<(), InvalidSetting> {
        let check = |is_valid: bool, field: &str, rule: &'static str| {
            InvalidSetting::unless(is_valid, format!("{section}.{field}"), rule)
        };
        check(
            (16..=4_096).contains(&self.memory_mib),
            "memory_mib",
            "must be between 16 and 4096, the most that a 32-bit guest has",
        )?;
        check(
            self.deadline_ms >= 20,
            "deadline_ms",
            "must be at least 20, two ticks of the clock",
        )?;
        check(self.read_mib > 0, "read_mib", "must be at least 1")?;
        check(self.read_calls > 0, "read_calls", "must be at least 1")?;
        check(
            self.source_megapixels > 0,
            "source_megapixels",
            "must be at least 1",
        )?;
        check(
            (1..=1_024).contains(&self.raster_mib),
            "raster_mib",
            "must be between 1 and 1024",
        )?;
        check(
            self.frames > 0,
            "frames",
            "must be at least 1; 1 makes animations still",
        )
    }

    /// The same for users to look at.
    #[must_use]
    pub fn budgets(&self) -> Budgets {
        let Self {
            memory_mib,
            deadline_ms,
            read_mib,
            read_calls,
            source_megapixels,
            raster_mib,
            frames,
            log_lines,
        } = *self;
        Budgets {
            memory_mib,
            deadline_ms,
            read_mib,
            read_calls,
            source_megapixels,
            raster_mib,
            frames,
            log_lines,
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        mebibytes(self.memory_mib)
    }

    pub(crate) fn raster_bytes(&self) -> usize {
        mebibytes(self.raster_mib)
    }

    pub(crate) fn source_pixels(&self) -> u64 {
        u64::from(self.source_megapixels) * 1_000_000
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms.into())
    }
}

fn mebibytes(count: u32) -> usize {
    usize::try_from(count)
        .unwrap_or(usize::MAX)
        .saturating_mul(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusable_limit_is_named() {
        let invalid = Limits {
            memory_mib: 1,
            ..Limits::default()
        };
        let invalid = invalid.validate("limits").unwrap_err();
        assert_eq!(invalid.field, "limits.memory_mib");
    }
}
