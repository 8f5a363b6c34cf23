//! Gathers what new projects are made of, and writes tables of it for `lib.rs` to include.
//!
//! Each folder beside this one that has a Makefile is the template of one language. What such a project needs
//! beyond it, the SDK and the bindings for C, is made here from its one source in the repository.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script hears cargo by the environment and answers on standard output"
)]

mod c_bindings;
mod sdk;
mod table;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

use table::files_in;

fn main() -> Result<()> {
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    let templates = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets it")?);
    let repository = templates
        .ancestors()
        .nth(2)
        .context("plugins/templates is in the repository")?;
    for path in [
        &templates,
        &repository.join("plugins/sdk"),
        &repository.join("wit"),
        &repository.join("Cargo.toml"),
    ] {
        println!("cargo::rerun-if-changed={}", path.display());
    }

    let sdk = fresh_folder(out_dir.join("sdk"))?;
    sdk::write_standalone(repository, &sdk)?;
    let bindings = fresh_folder(out_dir.join("bindings"))?;
    c_bindings::write(&repository.join("wit/1.0"), &bindings)?;

    let tables = [
        ("languages.rs", languages(&templates)?),
        ("sdk.rs", table::rust(&files_in(&sdk)?)),
        ("bindings.rs", table::rust(&files_in(&bindings)?)),
        (
            "wit.rs",
            table::rust(&files_in(&repository.join("wit/1.0"))?),
        ),
    ];
    for (name, table) in tables {
        fs::write(out_dir.join(name), table).context(name)?;
    }
    Ok(())
}

/// Writes the list of the languages as Rust, each with the files of its template.
fn languages(templates: &Path) -> Result<String> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(templates)? {
        let folder = entry?.path();
        if folder.join("Makefile").exists() {
            folders.push(folder);
        }
    }
    folders.sort();
    let mut languages = String::from("&[\n");
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let files = table::rust(&files_in(&folder)?);
        languages += &format!("Language {{ name: {name:?}, files: {files} }},\n");
    }
    Ok(languages + "]")
}

fn fresh_folder(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
