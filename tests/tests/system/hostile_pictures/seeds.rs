use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A file that is damaged.
#[derive(Debug)]
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) bytes: Arc<[u8]>,
}

/// The reference files with this extension, in the order of their names.
pub(super) fn seeds(extension: &str) -> Vec<Seed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/files");
    let files = fs::read_dir(folder).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == extension))
        .collect();
    paths.sort_unstable();
    assert!(!paths.is_empty(), "{extension}");
    let seeds = paths.into_iter().map(|path| Seed {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        bytes: fs::read(&path).unwrap().into(),
    });
    seeds.collect()
}
