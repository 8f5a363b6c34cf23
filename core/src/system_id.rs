use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Names one installation: its stored files and its records say which one they are of. A random UUID (RFC 9562,
/// version 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SystemId(Uuid);

impl SystemId {
    /// Makes a new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The sixteen bytes of the id.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Restores an id from its sixteen bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl FromStr for SystemId {
    type Err = uuid::Error;

    /// Reads the hyphenated form. White space around it does not matter, since people may have written it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hyphenated = text.trim().parse::<uuid::fmt::Hyphenated>()?;
        Ok(Self(hyphenated.into_uuid()))
    }
}

impl fmt::Display for SystemId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_spelt_and_from_a_line_of_its_own() {
        let id = SystemId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(format!("{id}\n").parse(), Ok(id));
        assert!("".parse::<SystemId>().is_err());
    }
}
