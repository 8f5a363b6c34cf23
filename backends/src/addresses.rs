use std::fmt;

/// Addresses of servers that form one service, written as one text with commas.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for Addresses {
    /// Shows how many there are: an address may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} addresses", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(Addresses::from(text).as_slice(), expected, "{text}");
    }

    #[test]
    fn addresses_are_separated_by_commas() {
        check("nats://a:1, nats://b:2,", &["nats://a:1", "nats://b:2"]);
        check("", &[]);
    }
}
