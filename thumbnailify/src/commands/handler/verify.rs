use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use clap::Args;
use thumbnailify_host::sandbox::ComponentBytes;
use thumbnailify_host::{TrustConfig, TrustPolicy};

use super::with_suffix;
use crate::settings::{self, Flags, Role};

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The component, with its signature in FILE.wasm.minisig.
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// A public key, or the file that it is in [default: those of `trust.keys`].
    #[arg(long, value_name = "KEY|FILE")]
    key: Option<String>,
    /// The configuration file [default: ./thumbnailify.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Tells whether a component is signed with a trusted key, as a worker sees it.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<()> {
    let trust = match &args.key {
        Some(key) => with_key(key)?,
        None => of_settings(args.config.as_deref())?,
    };
    let policy = TrustPolicy::new(&trust)?;
    let component = fs::read(&args.file).with_context(|| format!("{}", args.file.display()))?;
    let component = ComponentBytes::new(component);
    let signature = signature_of(&args.file)?;
    policy
        .check(
            component.as_slice(),
            component.sha256(),
            signature.as_deref(),
        )
        .map_err(|error| anyhow!("{}: {error}", args.file.display()))?;
    let comment = signature.as_deref().and_then(trusted_comment);
    let (file, comment) = (args.file.display(), comment.unwrap_or_default());
    writeln!(io::stdout(), "{file}: signed by a trusted key ({comment})")?;
    Ok(())
}

/// The settings of a worker, as if it asked for signatures.
fn of_settings(config: Option<&Path>) -> anyhow::Result<TrustConfig> {
    let settings = settings::load(Role::Serve, config, &Flags::default())?.settings;
    ensure!(
        !settings.trust.keys.is_empty(),
        "there is no key to verify with: name one with --key, or set `trust.keys`"
    );
    Ok(TrustConfig {
        require_signature: true,
        ..settings.trust
    })
}

fn with_key(key: &str) -> anyhow::Result<TrustConfig> {
    let key = match fs::read_to_string(key) {
        // The line before the key is a comment.
        Ok(text) => text.lines().last().unwrap_or_default().to_owned(),
        Err(_) => key.to_owned(),
    };
    let trust = TrustConfig {
        require_signature: true,
        keys: vec![key],
        ..TrustConfig::default()
    };
    let usable = trust.validate();
    usable.map_err(|_| anyhow!("`--key` is neither a public key nor a file with one"))?;
    Ok(trust)
}

fn signature_of(component: &Path) -> anyhow::Result<Option<String>> {
    let path = with_suffix(component, "minisig");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}", path.display())),
    }
}

/// What was signed along with the file.
fn trusted_comment(signature: &str) -> Option<&str> {
    signature.lines().nth(2)?.strip_prefix("trusted comment: ")
}
