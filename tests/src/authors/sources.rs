use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Folders that building leaves behind.
const BUILT_FOLDERS: &[&str] = &["build", "target", "bindings", "node_modules", "__pycache__"];

/// A hash over the names and contents of all sources in these folders, wherever the folders are.
pub(super) fn hash(folders: &[PathBuf]) -> String {
    let mut hasher = DefaultHasher::new();
    for folder in folders {
        add(folder, &mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

fn add(path: &Path, hasher: &mut DefaultHasher) {
    if path.is_file() {
        fs::read(path).unwrap().hash(hasher);
        return;
    }
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    let mut entries: Vec<_> = entries.filter(|entry| is_source(&entry.path())).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        entry.file_name().hash(hasher);
        add(&entry.path(), hasher);
    }
}

fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_built = path.is_dir() && BUILT_FOLDERS.contains(&name.as_ref());
    !is_built && path.extension().is_none_or(|extension| extension != "wasm")
}
