//! Reads the settings that are given as variables, such as `THUMBNAILIFY_LIMITS__MEMORY_MIB`.
//!
//! A variable means what its setting is: a number where the default is one, text where it is text, so that
//! a folder called `1e5` stays one. The values of a list stand between commas. Unlike an unknown key of the file, an unknown variable is no error:
//! Kubernetes sets `THUMBNAILIFY_PORT` and more of the kind for a service called `thumbnailify`.

use std::ffi::OsString;

use anyhow::{Context, anyhow};
use config::{Config, Value, ValueKind};

const PREFIX: &str = "THUMBNAILIFY_";
/// Stands between a section and its setting, whose names have single underscores.
const SEPARATOR: &str = "__";

/// What the variables say.
pub(super) struct Variables {
    /// The settings among them.
    pub(super) settings: Config,
    /// The names of those that are no setting.
    pub(super) unknown: Vec<String>,
}

/// Reads the variables of ours among these. The defaults tell which settings there are.
pub(super) fn read(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    defaults: &Config,
) -> anyhow::Result<Variables> {
    let mut settings = Config::builder();
    let mut unknown = Vec::new();
    for (name, text) in variables {
        let Some(ours) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        let path = ours.to_lowercase();
        match leaf(&defaults.cache, path.split(SEPARATOR)) {
            Some(default) => {
                let value = typed(text, default).with_context(|| format!("{PREFIX}{ours}"))?;
                settings = settings.set_override(path.replace(SEPARATOR, "."), value)?;
            }
            None => unknown.push(format!("{PREFIX}{ours}")),
        }
    }
    unknown.sort();
    Ok(Variables {
        settings: settings.build()?,
        unknown,
    })
}

/// The default of a setting. A section is none.
fn leaf<'a>(root: &'a Value, path: impl Iterator<Item = &'a str>) -> Option<&'a ValueKind> {
    let mut node = &root.kind;
    for name in path {
        match node {
            ValueKind::Table(section) => node = &section.get(name)?.kind,
            _ => return None,
        }
    }
    (!matches!(node, ValueKind::Table(_))).then_some(node)
}

/// Reads a text as what the default is.
fn typed(text: OsString, default: &ValueKind) -> anyhow::Result<ValueKind> {
    let text = text
        .into_string()
        .map_err(|bytes| anyhow!("{} is not Unicode", bytes.display()))?;
    match default {
        ValueKind::Array(defaults) => list(&text, defaults),
        default => one(text, default),
    }
}

/// Reads a list, whose values are all of the kind of the first default. Nothing is an empty list.
fn list(text: &str, defaults: &[Value]) -> anyhow::Result<ValueKind> {
    let default = defaults
        .first()
        .map_or(&ValueKind::Nil, |first| &first.kind);
    let texts = text.split(',').map(str::trim);
    let texts = texts.filter(|_| !text.trim().is_empty());
    let values = texts.map(|text| Ok(Value::new(None, one(text.to_owned(), default)?)));
    values.collect::<anyhow::Result<_>>().map(ValueKind::Array)
}

/// Reads one value. What has no default, such as a folder, is text.
fn one(text: String, default: &ValueKind) -> anyhow::Result<ValueKind> {
    let value = match default {
        ValueKind::Boolean(_) => text.parse().ok().map(ValueKind::Boolean),
        ValueKind::I64(_) | ValueKind::I128(_) | ValueKind::U64(_) | ValueKind::U128(_) => {
            text.parse().ok().map(ValueKind::U64)
        }
        ValueKind::Float(_) => text.parse().ok().map(ValueKind::Float),
        _ => return Ok(ValueKind::String(text)),
    };
    value.with_context(|| {
        format!(
            "`{text}` is no value like `{}`",
            Value::new(None, default.clone())
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn read_pairs(pairs: &[(&str, &str)]) -> anyhow::Result<Variables> {
        let pairs = pairs
            .iter()
            .map(|(name, text)| (OsString::from(name), OsString::from(text)));
        read(pairs, &Config::try_from(&Settings::default())?)
    }

    fn check(name: &str, text: &str, key: &str, expected: impl Into<ValueKind>) {
        let variables = read_pairs(&[(name, text)]).unwrap();
        let value: Value = variables.settings.get(key).unwrap();
        assert_eq!(value.kind, expected.into(), "{name}={text}");
        assert_eq!(variables.unknown, Vec::<String>::new());
    }

    #[test]
    fn a_variable_has_the_type_of_its_setting() {
        check("THUMBNAILIFY_LIMITS__FRAMES", "3", "limits.frames", 3_i64);
        check("THUMBNAILIFY_DATA", "1e5", "data", "1e5");
        check("THUMBNAILIFY_MEDIA", "1e5", "media", "1e5");
        check("THUMBNAILIFY_CACHE", "true", "cache", "true");
        check("THUMBNAILIFY_LOG__FILTER", "7", "log.filter", "7");
        check(
            "THUMBNAILIFY_THUMBNAIL__BACKGROUND",
            "000000",
            "thumbnail.background",
            "000000",
        );
        check(
            "THUMBNAILIFY_THUMBNAIL__LARGEST_SIDE",
            "512",
            "thumbnail.largest_side",
            512_i64,
        );
        check(
            "THUMBNAILIFY_THUMBNAIL__UPSCALE",
            "true",
            "thumbnail.upscale",
            true,
        );
    }

    #[test]
    fn the_values_of_a_list_stand_between_commas() {
        let name = "THUMBNAILIFY_WORKER__RETRY_DELAYS_MS";
        let read = |text| {
            let variables = read_pairs(&[(name, text)]).unwrap();
            let list: Vec<u32> = variables.settings.get("worker.retry_delays_ms").unwrap();
            list
        };
        assert_eq!(read("100, 2000,30000"), [100, 2_000, 30_000]);
        assert_eq!(read("7"), [7]);
        assert_eq!(read(""), Vec::<u32>::new(), "which the setting refuses");
        let error = read_pairs(&[(name, "1,many")]).err().unwrap();
        assert!(format!("{error:#}").contains(name), "{error:#}");
    }

    #[test]
    fn a_variable_that_does_not_fit_its_setting_is_named() {
        for text in ["many", "1e3", "-1", ""] {
            let error = read_pairs(&[("THUMBNAILIFY_WORKER__SLOTS", text)])
                .err()
                .unwrap();
            let error = format!("{error:#}");
            assert!(error.contains("THUMBNAILIFY_WORKER__SLOTS"), "{error}");
        }
    }

    #[test]
    fn what_kubernetes_sets_for_a_service_of_our_name_is_no_setting() {
        let names = [
            "THUMBNAILIFY_API_SERVICE_HOST",
            "THUMBNAILIFY_LIMITS",
            "THUMBNAILIFY_LISTEN__MORE",
            "THUMBNAILIFY_PORT",
            "THUMBNAILIFY_PORT_8080_TCP",
            "THUMBNAILIFY_SERVICE_HOST",
        ];
        let variables = read_pairs(&names.map(|name| (name, "tcp://10.0.0.1:8080"))).unwrap();
        assert_eq!(variables.unknown, names);
    }

    #[test]
    fn the_variables_of_others_are_left_alone() {
        let variables = read_pairs(&[("PATH", "/bin"), ("THUMBNAILIFYING_DATA", "x")]).unwrap();
        assert_eq!(variables.unknown, Vec::<String>::new());
        assert!(variables.settings.get::<Value>("data").is_err());
    }
}
