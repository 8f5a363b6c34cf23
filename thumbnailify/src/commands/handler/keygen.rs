use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use minisign::KeyPair;

use super::with_suffix;

#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// Where the keys go: NAME.key, which is to be kept secret, and NAME.pub, which is for everyone.
    #[arg(value_name = "NAME")]
    name: PathBuf,
    /// Asks for no password: whoever can read NAME.key can sign.
    #[arg(long)]
    no_password: bool,
}

/// Makes a pair of keys to sign handlers with.
pub(crate) fn keygen(args: &KeygenArgs) -> anyhow::Result<()> {
    let secret_path = with_suffix(&args.name, "key");
    let public_path = with_suffix(&args.name, "pub");
    refuse_to_replace(&secret_path)?;
    refuse_to_replace(&public_path)?;
    let keys = if args.no_password {
        KeyPair::generate_unencrypted_keypair()
    } else {
        KeyPair::generate_encrypted_keypair(None)
    }
    .context("no keys could be made")?;
    let comment = "minisign secret key";
    write_new(
        &secret_path,
        0o600,
        &keys.sk.to_box(Some(comment))?.to_bytes(),
    )?;
    write_new(&public_path, 0o644, &keys.pk.to_box()?.to_bytes())?;
    let (secret_path, public_path) = (secret_path.display(), public_path.display());
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "secret key  {secret_path}  (keep it where nobody else can read it)"
    )?;
    writeln!(out, "public key  {public_path}  {}", keys.pk.to_base64())?;
    writeln!(
        out,
        "A worker trusts what is signed with it by this setting:"
    )?;
    writeln!(
        out,
        "[trust]\nrequire_signature = true\nkeys = [\"{}\"]",
        keys.pk.to_base64()
    )?;
    Ok(())
}

/// Before a password is asked for; `write_new` makes sure of it.
fn refuse_to_replace(path: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !fs::exists(path)?,
        "{} is there already; a key is never replaced",
        path.display()
    );
    Ok(())
}

fn write_new(path: &Path, mode: u32, bytes: &[u8]) -> anyhow::Result<()> {
    let write = |mut file: File| {
        file.write_all(bytes)?;
        file.sync_all()
    };
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path);
    opened
        .and_then(write)
        .with_context(|| format!("{}", path.display()))
}
