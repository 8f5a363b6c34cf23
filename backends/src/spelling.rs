//! The spellings under which backends store the words of the core: those of its serde form.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};
use thumbnailify_core::{ThumbnailOptions, Trace};

/// Spells a word that is a plain text in JSON, such as a state.
pub(crate) fn spell(word: impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => text,
        // What is not a text has no reading either, so that it is found when it is read.
        Ok(_) | Err(_) => String::new(),
    }
}

/// Reads a word back.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Error> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(text)
}

/// Reads back a word that may be missing.
pub(crate) fn read_optional<T: for<'de> Deserialize<'de>>(
    text: Option<&str>,
) -> Result<Option<T>, Error> {
    text.map(read).transpose()
}

/// Spells a record as JSON, and nothing as nothing.
pub(crate) fn to_json(record: Option<&impl Serialize>) -> Option<String> {
    record.and_then(|record| serde_json::to_string(record).ok())
}

/// Reads a record back.
pub(crate) fn from_json<T: DeserializeOwned>(json: Option<&str>) -> serde_json::Result<Option<T>> {
    json.map(serde_json::from_str).transpose()
}

/// Spells options as JSON, and none as nothing.
pub(crate) fn spell_options(options: &ThumbnailOptions) -> Option<String> {
    to_json((!options.is_empty()).then_some(options))
}

/// Reads options back. A record of an older version has none.
pub(crate) fn read_options(json: Option<&str>) -> serde_json::Result<ThumbnailOptions> {
    Ok(from_json(json)?.unwrap_or_default())
}

/// Spells a trace as JSON, and none as nothing.
pub(crate) fn spell_trace(trace: &Trace) -> Option<String> {
    to_json((!trace.is_empty()).then_some(trace))
}

/// Reads a trace back. It is there for the log, so one that cannot be read is none.
pub(crate) fn read_trace(json: Option<&str>) -> Trace {
    from_json(json).ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::{Phase, Service, State};

    use super::*;

    #[test]
    fn words_are_spelt_as_in_the_api() {
        assert_eq!(spell(State::Processing), "Processing");
        assert_eq!(spell(Phase::Retrying), "retrying");
        assert_eq!(spell(Service::Webserver), "webserver");
    }

    #[test]
    fn a_spelt_word_is_read_back() {
        assert_eq!(read::<State>("Error").unwrap(), State::Error);
        assert!(read::<State>("error").is_err());
    }
}
