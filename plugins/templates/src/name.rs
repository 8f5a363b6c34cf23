use std::fmt;
use std::str::FromStr;

/// The host takes names of up to 64 characters, and the project is also a folder and a crate.
const NAME_MAX_CHARS: usize = 40;
/// The host takes no longer file name extension.
const EXTENSION_MAX_CHARS: usize = 16;

/// The name of a new handler: lower-case letters, digits and hyphens, the first one a letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name(String);

/// A name that a handler cannot have.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "a handler is named with at most {NAME_MAX_CHARS} lower-case letters, digits and hyphens, a letter first and no hyphen last, such as `{suggestion}`"
)]
pub struct InvalidName {
    suggestion: String,
}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let allowed = |character| matches!(character, 'a'..='z' | '0'..='9' | '-');
        let starts_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        if starts_well
            && !text.ends_with('-')
            && text.len() <= NAME_MAX_CHARS
            && text.chars().all(allowed)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidName {
            suggestion: suggestion(text),
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as an identifier, such as `my_format`.
    #[must_use]
    pub fn identifier(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The name as that of a type, such as `MyFormat`.
    #[must_use]
    pub fn title(&self) -> String {
        let words = self.0.split('-').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        });
        words.collect()
    }

    /// The name as a file name extension, such as `myformat`.
    #[must_use]
    pub fn extension(&self) -> String {
        let letters = self.0.chars().filter(|character| *character != '-');
        letters.take(EXTENSION_MAX_CHARS).collect()
    }
}

/// The nearest name that is allowed.
fn suggestion(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-");
    let name = joined.trim_start_matches(|first: char| !first.is_ascii_lowercase());
    let name = &name[..name.len().min(NAME_MAX_CHARS)];
    match name.trim_end_matches('-') {
        "" => "my-format".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, suggestion: &str) {
        let refused = text.parse::<Name>().unwrap_err();
        assert_eq!(refused.suggestion, suggestion, "{text}");
        assert!(suggestion.parse::<Name>().is_ok(), "{suggestion}");
    }

    #[test]
    fn what_is_no_name_is_refused_with_one_that_is() {
        check("", "my-format");
        check("My Format", "my-format");
        check("../../etc", "etc");
        check("3d_model", "d-model");
        check("ünï-", "n");
        check("-a", "a");
        check("a-", "a");
        check(&"a-".repeat(50), &"a-".repeat(20)[..39]);
    }

    #[test]
    fn a_name_has_a_form_for_each_place() {
        let name: Name = "my-format-2--x".parse().unwrap();
        assert_eq!(name.as_str(), "my-format-2--x");
        assert_eq!(name.identifier(), "my_format_2__x");
        assert_eq!(name.title(), "MyFormat2X");
        assert_eq!(name.extension(), "myformat2x");
        let long: Name = "a-name-longer-than-any-extension".parse().unwrap();
        assert_eq!(long.extension(), "anamelongerthana");
    }
}
