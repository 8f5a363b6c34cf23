use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use minisign::{ErrorKind, SecretKey, SecretKeyBox};

use super::with_suffix;

const CHECKSUM_BYTES: usize = 32;
/// What stands first in a signature, as minisign words it.
const UNTRUSTED_COMMENT: &str = "signature from minisign secret key";

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
    let signature = minisign::sign(
        None,
        &key,
        component,
        Some(&comment),
        Some(UNTRUSTED_COMMENT),
    )
    .with_context(|| format!("{} could not be signed", args.file.display()))?;
    let path = with_suffix(&args.file, "minisig");
    fs::write(&path, signature.to_bytes()).with_context(|| format!("{}", path.display()))?;
    writeln!(io::stdout(), "{}: signed", path.display())?;
    Ok(())
}

/// Reads a secret key, and asks for its password where it has one.
fn secret_key(path: &Path) -> anyhow::Result<SecretKey> {
    let text = fs::read_to_string(path)?;
    if let Some(key) = without_checksum(&text) {
        return Ok(key);
    }
    let unencrypted = SecretKeyBox::from_string(&text)?.into_unencrypted_secret_key();
    match unencrypted {
        // It may have a password; what is no key at all is refused again, before any question.
        Err(error) if matches!(error.kind(), ErrorKind::Io) => {
            Ok(SecretKeyBox::from_string(&text)?.into_secret_key(None)?)
        }
        unencrypted => Ok(unencrypted?),
    }
}

/// A key without a password as minisign up to 0.11 writes it: with zeros for the checksum that our library
/// asks for.
fn without_checksum(text: &str) -> Option<SecretKey> {
    let bytes = BASE64_STANDARD.decode(text.lines().nth(1)?).ok()?;
    let (rest, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>()?;
    let has_no_password = rest.starts_with(b"Ed\0\0");
    if !has_no_password || checksum != &[0; CHECKSUM_BYTES] {
        return None;
    }
    SecretKey::from_bytes(&bytes).ok()
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
