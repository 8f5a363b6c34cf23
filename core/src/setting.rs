use std::borrow::Cow;

/// A setting that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct InvalidSetting {
    /// The setting, as the configuration file names it.
    pub field: Cow<'static, str>,
    /// What is wrong and what is accepted.
    pub problem: Cow<'static, str>,
}

impl InvalidSetting {
    /// Passes when the condition of a setting holds.
    ///
    /// # Errors
    /// The setting and its problem, when it does not.
    pub fn unless(
        holds: bool,
        field: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Result<(), Self> {
        if holds {
            return Ok(());
        }
        let (field, problem) = (field.into(), problem.into());
        Err(Self { field, problem })
    }
}
