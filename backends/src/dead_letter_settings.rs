use std::time::Duration;

use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

/// How many dead letters are kept and for how long.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeadLetterSettings {
    /// How many letters there are at most; the oldest are forgotten. Default: 10,000.
    pub max_letters: u32,
    /// After how many days a letter is forgotten. Default: 14.
    pub max_age_days: u32,
}

impl Default for DeadLetterSettings {
    fn default() -> Self {
        Self {
            max_letters: 10_000,
            max_age_days: 14,
        }
    }
}

impl DeadLetterSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        InvalidSetting::unless(
            (1..=1_000_000).contains(&self.max_letters),
            "dead_letters.max_letters",
            "must be between 1 and 1000000",
        )?;
        InvalidSetting::unless(
            (1..=3_650).contains(&self.max_age_days),
            "dead_letters.max_age_days",
            "must be between 1 and 3650",
        )
    }

    pub(crate) fn max_age(&self) -> Duration {
        Duration::from_secs(u64::from(self.max_age_days) * 24 * 3_600)
    }
}
