use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Addresses of servers that form one service.
///
/// In settings it is a list, or one text with commas, as an environment variable has it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Addresses(Vec<String>);

impl Addresses {
    /// The addresses, without empty ones.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl From<&str> for Addresses {
    fn from(text: &str) -> Self {
        let addresses = text.split(',').map(str::trim);
        let addresses = addresses.filter(|address| !address.is_empty());
        Self(addresses.map(str::to_owned).collect())
    }
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelling {
            Text(String),
            List(Vec<String>),
        }
        Ok(match Spelling::deserialize(deserializer)? {
            Spelling::Text(text) => Self::from(text.as_str()),
            Spelling::List(list) => Self::from(list.join(",").as_str()),
        })
    }
}

impl fmt::Debug for Addresses {
    /// Shows how many there are: an address may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} addresses", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &[&str]) {
        let addresses: Addresses = serde_json::from_str(json).unwrap();
        assert_eq!(addresses.as_slice(), expected, "{json}");
    }

    #[test]
    fn a_text_and_a_list_say_the_same() {
        check(
            r#""nats://a:1, nats://b:2,""#,
            &["nats://a:1", "nats://b:2"],
        );
        check(
            r#"["nats://a:1", "nats://b:2"]"#,
            &["nats://a:1", "nats://b:2"],
        );
        check(r#""""#, &[]);
    }
}
