/// How much of a text that is wrong is shown.
const SHOWN_CHARS: usize = 80;

/// A text that is no value of its kind.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{given}` is not {allowed}")]
pub struct InvalidValue {
    /// The text, shortened where it is long.
    pub given: String,
    /// What is accepted.
    pub allowed: &'static str,
}

impl InvalidValue {
    pub(super) fn new(given: &str, allowed: &'static str) -> Self {
        let given = shown(given);
        Self { given, allowed }
    }
}

/// An option that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{field}` is `{given}`, and must be {allowed}")]
pub struct InvalidOption {
    /// The name that was given.
    pub field: String,
    /// The value that was given, shortened where it is long.
    pub given: String,
    /// What is accepted.
    pub allowed: String,
}

impl InvalidOption {
    pub(super) fn of(name: &str, value: InvalidValue) -> Self {
        Self {
            field: name.to_owned(),
            given: value.given,
            allowed: value.allowed.to_owned(),
        }
    }

    pub(super) fn repeated(name: &str, given: &str) -> Self {
        Self {
            field: name.to_owned(),
            given: shown(given),
            allowed: "given once".to_owned(),
        }
    }

    pub(super) fn unknown(name: &str, given: &str, names: &[&str]) -> Self {
        Self {
            field: shown(name),
            given: shown(given),
            allowed: format!("one of the options {}", names.join(", ")),
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}
