use std::collections::BTreeSet;

use crate::Handler;
use crate::conformance::row::Rows;
use crate::sandbox::types::Description;

/// What a magic may look at; further in, nobody sniffs.
const MAGIC_END_MAX: u64 = 64 << 10;

/// Checks what the handler says about itself, beyond what it would not be loaded without.
pub(in crate::conformance) fn description(rows: &mut Rows<'_>) {
    let handler = rows.handler();
    rows.once("describes itself", sensible(handler.description()));
    rows.once("describes itself the same", constant(handler));
}

fn sensible(description: &Description) -> Result<String, String> {
    is_version(&description.version)?;
    for media_type in &description.media_types {
        let mime = &media_type.mime;
        let lower = |extension: &String| !extension.chars().any(char::is_uppercase);
        if media_type.extensions.is_empty() {
            return Err(format!("{mime} has no file name extension"));
        }
        if !media_type.extensions.iter().all(lower) {
            return Err(format!("the extensions of {mime} are not in lower case"));
        }
        for (offset, bytes) in &media_type.magic {
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if bytes.is_empty() || u64::from(*offset).saturating_add(length) > MAGIC_END_MAX {
                return Err(format!(
                    "a signature of {mime} is empty or too far into the file"
                ));
            }
        }
    }
    names("param", &description.params)?;
    names("hint", &description.hints)?;
    Ok(summary(description))
}

fn summary(description: &Description) -> String {
    format!(
        "{} {}, {} types, {} params",
        description.name,
        description.version,
        description.media_types.len(),
        description.params.len()
    )
}

/// Three numbers, and whatever semantic versioning allows after them.
fn is_version(version: &str) -> Result<(), String> {
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<_> = numbers.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() == 3 && parts.iter().all(is_number) {
        Ok(())
    } else {
        Err(format!("its version `{version}` is not of the form 1.2.3"))
    }
}

/// Names are words joined by hyphens, each there once, and the text that comes with one is not empty.
fn names(kind: &str, named: &[(String, String)]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (name, text) in named {
        let in_words = |character| matches!(character, 'a'..='z' | '0'..='9' | '-');
        if name.is_empty() || !name.chars().all(in_words) {
            return Err(format!("the {kind} `{name}` is not in kebab-case"));
        }
        if text.is_empty() {
            return Err(format!("the {kind} `{name}` says nothing"));
        }
        if !seen.insert(name) {
            return Err(format!("the {kind} `{name}` is there twice"));
        }
    }
    Ok(())
}

fn constant(handler: &Handler) -> Result<String, String> {
    let limits = handler.limits();
    let again = handler.describe_again(limits);
    let again = again.map_err(|fault| fault.message(&handler.identity().name, limits))?;
    if again == *handler.description() {
        Ok(String::new())
    } else {
        Err("it says something else when it is asked again".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_semantic() {
        for version in ["1.2.3", "0.10.0-rc.1", "1.0.0+build.7"] {
            assert!(is_version(version).is_ok(), "{version}");
        }
        for version in ["1", "1.2", "v1.2.3", "1..3", "1.2.3.4", ""] {
            assert!(is_version(version).is_err(), "{version}");
        }
    }

    #[test]
    fn names_are_words_and_unique() {
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert!(names("param", &[pair("a-b", "x"), pair("c", "y")]).is_ok());
        assert!(names("param", &[pair("a", "x"), pair("a", "y")]).is_err());
        assert!(names("param", &[pair("A", "x")]).is_err());
        assert!(names("param", &[pair("a", "")]).is_err());
    }
}
