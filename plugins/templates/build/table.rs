use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file below a folder: its path in that folder, with slashes, and where it really is.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// Lists all files below a folder by name.
pub(crate) fn files_in(folder: &Path) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<Found>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found)?;
        } else {
            found.push(Found { name, path });
        }
    }
    Ok(())
}

/// Writes a list of files as Rust.
pub(crate) fn rust(files: &[Found]) -> String {
    let mut table = String::from("&[\n");
    for Found { name, path } in files {
        table += &format!("({name:?}, include_bytes!({path:?})),\n");
    }
    table + "]"
}
