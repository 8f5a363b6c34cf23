use std::path::Path;

use anyhow::Context;
use config::{Config, Environment, File, FileFormat};

use super::{Flags, Role, Settings};

/// The file that is read where no other is named.
const DEFAULT_FILE: &str = "thumbnailify.toml";
const VARIABLE_PREFIX: &str = "THUMBNAILIFY";

/// Reads the settings: defaults, then the file, then variables such as `THUMBNAILIFY_LIMITS__MEMORY_MIB`,
/// then flags; the last one wins.
pub(crate) fn load(role: Role, file: Option<&Path>, flags: &Flags) -> anyhow::Result<Settings> {
    let defaults = Config::try_from(&Settings::default())?;
    let file = match file {
        Some(path) => File::from(path).format(FileFormat::Toml),
        None => File::new(DEFAULT_FILE, FileFormat::Toml).required(false),
    };
    let variables = Environment::with_prefix(VARIABLE_PREFIX)
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true);
    let sources = Config::builder()
        .add_source(defaults)
        .add_source(file)
        .add_source(variables)
        .add_source(Config::try_from(flags)?);
    let settings: Settings = sources.build()?.try_deserialize()?;
    settings
        .validate(role)
        .context("the settings cannot be used")?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn load_text(text: &str, flags: &Flags) -> anyhow::Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, text).unwrap();
        load(Role::Serve, Some(&path), flags)
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        assert_eq!(
            load_text("", &Flags::default()).unwrap(),
            Settings::default()
        );
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let flags = Flags {
            listen: Some("127.0.0.1:0".parse().unwrap()),
            ..Flags::default()
        };
        let settings = load_text("listen = '127.0.0.1:9'\n[limits]\nframes = 3", &flags).unwrap();
        assert_eq!(settings.listen.port(), 0);
        assert_eq!(settings.limits.frames, 3);
    }

    #[test]
    fn printed_settings_can_be_read_back() {
        let printed = toml::to_string(&Settings::default()).unwrap();
        assert_eq!(
            load_text(&printed, &Flags::default()).unwrap(),
            Settings::default()
        );
    }

    fn check_refused(text: &str, named: &str) {
        let error = format!("{:#}", load_text(text, &Flags::default()).unwrap_err());
        assert!(error.contains(named), "{error}");
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named() {
        check_refused("[limits]\nmemory_mib = 1", "limits.memory_mib");
        check_refused("[limits]\nmemory_mb = 100", "memory_mb");
        check_refused("[worker]\nslots = 'many'", "worker.slots");
        check_refused("queue = 'amqp://127.0.0.1'", "nats://");
    }

    #[test]
    fn a_role_of_its_own_needs_shared_backends() {
        let error = load(Role::Worker, None, &Flags::default()).unwrap_err();
        assert!(
            format!("{error:#}").contains("`queue` must be a nats:// URL"),
            "{error:#}"
        );
    }
}
