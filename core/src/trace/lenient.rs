use std::str::FromStr;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// Either a text or anything else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Other(IgnoredAny),
}

/// Reads a text as what it means, and anything that means nothing as nothing.
pub(super) fn option<'de, T: FromStr, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(match Written::deserialize(deserializer)? {
        Written::Text(text) => text.parse().ok(),
        Written::Other(IgnoredAny) => None,
    })
}
