use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// What one run of a handler may take. A run that asks for more ends with an error that names the budget.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
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
            raster_mib: 64,
            frames: 256,
            log_lines: 100,
        }
    }
}

impl Limits {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        let memory_fits = (16..=4_096).contains(&self.memory_mib);
        InvalidSetting::unless(
            memory_fits,
            "limits.memory_mib",
            "must be between 16 and 4096, the most that a 32-bit guest has",
        )?;
        InvalidSetting::unless(
            self.deadline_ms >= 20,
            "limits.deadline_ms",
            "must be at least 20, two ticks of the clock",
        )?;
        InvalidSetting::unless(self.read_mib > 0, "limits.read_mib", "must be at least 1")?;
        InvalidSetting::unless(
            self.read_calls > 0,
            "limits.read_calls",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            (1..=1_024).contains(&self.raster_mib),
            "limits.raster_mib",
            "must be between 1 and 1024",
        )?;
        InvalidSetting::unless(
            self.frames > 0,
            "limits.frames",
            "must be at least 1; 1 makes animations still",
        )
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        mebibytes(self.memory_mib)
    }

    pub(crate) fn raster_bytes(&self) -> usize {
        mebibytes(self.raster_mib)
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

/// The thumbnail that is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThumbnailSpec {
    /// Largest width in pixels. Default 100.
    pub max_width: NonZeroU32,
    /// Largest height in pixels. Default 100.
    pub max_height: NonZeroU32,
    /// Quality of JPEG thumbnails, 1 to 100. Default 80.
    pub jpeg_quality: NonZeroU8,
}

impl Default for ThumbnailSpec {
    fn default() -> Self {
        const HUNDRED: NonZeroU32 = NonZeroU32::new(100).unwrap();
        const EIGHTY: NonZeroU8 = NonZeroU8::new(80).unwrap();
        Self {
            max_width: HUNDRED,
            max_height: HUNDRED,
            jpeg_quality: EIGHTY,
        }
    }
}

impl ThumbnailSpec {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        const RANGE: &str = "must be between 1 and 4096";
        InvalidSetting::unless(self.max_width.get() <= 4_096, "thumbnail.max_width", RANGE)?;
        InvalidSetting::unless(
            self.max_height.get() <= 4_096,
            "thumbnail.max_height",
            RANGE,
        )?;
        InvalidSetting::unless(
            self.jpeg_quality.get() <= 100,
            "thumbnail.jpeg_quality",
            "must be between 1 and 100",
        )
    }
}

/// How a worker takes jobs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// Jobs run at the same time, each on a thread of its own. Default 0: as many as there are cores.
    pub slots: u32,
    /// Attempts that a job may take before it ends as Error, when the fault is not the upload's. Default 5.
    pub attempts: u32,
    /// Attempts that a job may take when its handler traps or runs out of time. Default 2.
    pub handler_fault_attempts: u32,
    /// How long a job stays with a silent worker, in seconds. It is extended every third of that time.
    /// Default 30.
    pub lease_s: u32,
    /// How long running jobs may still take after the worker was told to stop, in seconds. Default 25.
    pub drain_s: u32,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            slots: 0,
            attempts: 5,
            handler_fault_attempts: 2,
            lease_s: 30,
            drain_s: 25,
        }
    }
}

impl WorkerConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            self.slots <= 1_024,
            "worker.slots",
            "must be at most 1024; 0 means one per core",
        )?;
        InvalidSetting::unless(self.attempts > 0, "worker.attempts", "must be at least 1")?;
        InvalidSetting::unless(
            self.handler_fault_attempts > 0,
            "worker.handler_fault_attempts",
            "must be at least 1",
        )?;
        InvalidSetting::unless(
            (3..=3_600).contains(&self.lease_s),
            "worker.lease_s",
            "must be between 3 and 3600",
        )
    }

    /// The number of jobs that run at the same time.
    #[must_use]
    pub fn slots(&self) -> u32 {
        match self.slots {
            0 => std::thread::available_parallelism()
                .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)),
            slots => slots,
        }
    }

    /// The lease of a job in milliseconds.
    #[must_use]
    pub fn lease_ms(&self) -> u64 {
        u64::from(self.lease_s) * 1_000
    }

    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_s.into())
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_s.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        Limits::default().validate().unwrap();
        ThumbnailSpec::default().validate().unwrap();
        WorkerConfig::default().validate().unwrap();
    }

    #[test]
    fn an_unusable_limit_is_named() {
        let invalid = Limits {
            memory_mib: 1,
            ..Limits::default()
        }
        .validate()
        .unwrap_err();
        assert_eq!(invalid.field, "limits.memory_mib");
    }
}
