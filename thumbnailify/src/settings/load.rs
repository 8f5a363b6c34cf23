use std::ffi::OsString;
use std::path::Path;

use anyhow::Context;
use config::{Config, File, FileFormat};

use super::{Flags, Role, Settings, variables};

/// The file that is read where no other is named.
const DEFAULT_FILE: &str = "thumbnailify.toml";

/// The settings that a process was started with.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// All settings, checked.
    pub(crate) settings: Settings,
    /// The variables that look like settings and are none.
    pub(crate) unknown_variables: Vec<String>,
}

/// Reads the settings: defaults, then the file, then variables such as `THUMBNAILIFY_LIMITS__MEMORY_MIB`,
/// then flags; the last one wins.
pub(crate) fn load(role: Role, file: Option<&Path>, flags: &Flags) -> anyhow::Result<Loaded> {
    load_from(role, file, std::env::vars_os(), flags)
}

fn load_from(
    role: Role,
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    flags: &Flags,
) -> anyhow::Result<Loaded> {
    let defaults = Config::try_from(&Settings::default())?;
    let file = match file {
        Some(path) => File::from(path).format(FileFormat::Toml),
        None => File::new(DEFAULT_FILE, FileFormat::Toml).required(false),
    };
    let variables = variables::read(variables, &defaults)?;
    let sources = Config::builder()
        .add_source(defaults)
        .add_source(file)
        .add_source(variables.settings)
        .add_source(Config::try_from(flags)?);
    let settings: Settings = sources.build()?.try_deserialize()?;
    settings
        .validate(role)
        .context("the settings cannot be used")?;
    Ok(Loaded {
        settings,
        unknown_variables: variables.unknown,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn load_text(text: &str, flags: &Flags) -> anyhow::Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, text).unwrap();
        Ok(load_from(Role::Serve, Some(&path), [], flags)?.settings)
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
    fn a_variable_wins_over_the_file_and_a_flag_over_both() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "media = 'file'\ncache = 'file'\ndata = 'file'").unwrap();
        let variables = [
            ("THUMBNAILIFY_MEDIA", "1e5"),
            ("THUMBNAILIFY_CACHE", "variable"),
            ("THUMBNAILIFY_SERVICE_HOST", "10.0.0.1"),
        ];
        let variables = variables.map(|(name, text)| (name.into(), text.into()));
        let flags = Flags {
            cache: Some("flag".into()),
            ..Flags::default()
        };
        let loaded = load_from(Role::Serve, Some(&path), variables, &flags).unwrap();
        assert_eq!(loaded.settings.data, Path::new("file"));
        assert_eq!(loaded.settings.media_folder(), Path::new("1e5"));
        assert_eq!(loaded.settings.cache_folder(), Path::new("flag"));
        assert_eq!(loaded.unknown_variables, ["THUMBNAILIFY_SERVICE_HOST"]);
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
        check_refused("[thumbnail]\nmax_width = 5000", "thumbnail.max_width");
        check_refused("[thumbnail]\nbackground = 'red'", "thumbnail.background");
        check_refused("[thumbnail]\nfit = 'crop'", "thumbnail.fit");
        check_refused("[thumbnail]\nlargest_side = 50", "thumbnail.largest_side");
        check_refused("[worker]\nslots = 'many'", "worker.slots");
        check_refused("[worker]\nlisten = '9090'", "worker.listen");
        check_refused("[log]\nfilter = 'info,a=b=c'", "log.filter");
        check_refused("queue = 'amqp://127.0.0.1'", "nats://");
    }

    #[test]
    fn a_role_of_its_own_needs_shared_backends() {
        let error = load_from(Role::Worker, None, [], &Flags::default()).unwrap_err();
        assert!(
            format!("{error:#}").contains("`queue` must be a nats:// URL"),
            "{error:#}"
        );
    }
}
