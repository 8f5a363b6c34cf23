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
    /// Says what was given, and what is accepted instead.
    #[must_use]
    pub fn new(given: &str, allowed: &'static str) -> Self {
        let given = shown(given);
        Self { given, allowed }
    }
}

/// A named value that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct InvalidOption {
    /// The name that was given.
    pub field: String,
    /// The value that was given, shortened where it is long.
    pub given: String,
    /// What is accepted.
    pub allowed: String,
    /// All of it in a sentence.
    message: String,
}

impl InvalidOption {
    /// Says that a name has a value that is not accepted.
    #[must_use]
    pub fn wrong(field: &str, given: &str, allowed: impl Into<String>) -> Self {
        let (field, given, allowed) = (shown(field), shown(given), allowed.into());
        let message = format!("`{field}` is `{given}`, and must be {allowed}");
        Self {
            field,
            given,
            allowed,
            message,
        }
    }

    /// Says that a name has more than one value, where nobody knows which was meant.
    #[must_use]
    pub fn repeated(field: &str, given: &str) -> Self {
        let (field, given) = (shown(field), shown(given));
        let message = format!("`{field}` is given more than once");
        Self {
            field,
            given,
            allowed: "one value".to_owned(),
            message,
        }
    }

    /// Says which names there are instead of one that is unknown.
    #[must_use]
    pub fn unknown(field: &str, given: &str, names: &[&str]) -> Self {
        let (field, given, allowed) = (shown(field), shown(given), names.join(", "));
        let message = format!("there is no option `{field}`, but {allowed}");
        Self {
            field,
            given,
            allowed,
            message,
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}
