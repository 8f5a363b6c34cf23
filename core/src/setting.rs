/// A setting that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct InvalidSetting {
    /// The setting, as the configuration file names it.
    pub field: &'static str,
    /// What is wrong and what is accepted.
    pub problem: &'static str,
}

impl InvalidSetting {
    /// Passes when the condition of a setting holds.
    ///
    /// # Errors
    /// The setting and its problem, when it does not.
    pub fn unless(holds: bool, field: &'static str, problem: &'static str) -> Result<(), Self> {
        if holds {
            Ok(())
        } else {
            Err(Self { field, problem })
        }
    }
}
