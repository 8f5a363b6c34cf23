use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thumbnailify_core::{HandledType, MediaType};

use super::case::Case;
use super::input::Input;

/// Larger files are left out, for they are held in memory.
const FILE_MAX_BYTES: u64 = 64 << 20;

/// Files to try a handler with.
#[derive(Clone, Debug)]
pub struct Corpus {
    paths: Vec<PathBuf>,
}

impl Corpus {
    /// Finds the files of a folder and the folders in it.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let (mut paths, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                // Links are not followed, so that no folder is entered twice.
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() && entry.metadata()?.len() <= FILE_MAX_BYTES {
                    paths.push(entry.path());
                }
            }
        }
        paths.sort();
        Ok(Self { paths })
    }

    /// The files whose extension is one of these types, as uploads of them.
    pub(super) fn files(&self, types: &[HandledType]) -> io::Result<Vec<Case>> {
        let typed = self.paths.iter().filter_map(|path| {
            let media_type = media_type_of(path, types)?;
            Some((path, media_type))
        });
        let cases = typed.map(|(path, media_type)| {
            let input = Input::new(fs::read(path)?);
            let name = path.display().to_string();
            Ok(Case::new(name, media_type.as_str(), input))
        });
        cases.collect()
    }
}

fn media_type_of<'a>(path: &Path, types: &'a [HandledType]) -> Option<&'a MediaType> {
    let extension = path.extension()?.to_str()?;
    let declares = |handled: &&HandledType| {
        let mut extensions = handled.extensions.iter();
        extensions.any(|known| known.eq_ignore_ascii_case(extension))
    };
    types.iter().find(declares).map(|handled| &handled.mime)
}
