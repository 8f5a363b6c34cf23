use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::Args;
use minisign::{ErrorKind, SecretKey, SecretKeyBox};

use super::with_suffix;

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The component to sign.
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// The secret key, as `keygen` or minisign makes it.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
}

/// Signs a component, for workers that ask for signatures.
pub(crate) fn sign(args: &SignArgs) -> anyhow::Result<()> {
    let component = File::open(&args.file).with_context(|| format!("{}", args.file.display()))?;
    let key = secret_key(&args.key).with_context(|| format!("{}", args.key.display()))?;
    let comment = comment(&args.file);
    let signature = minisign::sign(None, &key, component, Some(&comment), None)
        .with_context(|| format!("{} could not be signed", args.file.display()))?;
    let path = with_suffix(&args.file, "minisig");
    fs::write(&path, signature.to_bytes()).with_context(|| format!("{}", path.display()))?;
    writeln!(io::stdout(), "{}: signed", path.display())?;
    Ok(())
}

/// Reads a secret key, and asks for its password where it has one.
fn secret_key(path: &Path) -> anyhow::Result<SecretKey> {
    let text = fs::read_to_string(path)?;
    let unencrypted = SecretKeyBox::from_string(&text)?.into_unencrypted_secret_key();
    match unencrypted {
        // It may have a password; what is no key at all is refused again, before any question.
        Err(error) if matches!(error.kind(), ErrorKind::Io) => {
            Ok(SecretKeyBox::from_string(&text)?.into_secret_key(None)?)
        }
        unencrypted => Ok(unencrypted?),
    }
}

/// What is signed along with the file and shown to whoever verifies it, as minisign words it.
fn comment(file: &Path) -> String {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.replace(char::is_control, " ");
    format!("timestamp:{}\tfile:{name}\thashed", since_1970.as_secs())
}
