use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use thumbnailify_core::LoadFaultKind;

use crate::sandbox::ComponentBytes;
use crate::{Candidate, Error, Origin, Result};

/// No signature is as long.
const SIGNATURE_MAX_BYTES: u64 = 4 << 10;

/// What changes when a file, or the signature beside it, is written anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    component: FileStamp,
    signature: Option<FileStamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct FileStamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The `.wasm` files of a folder by name. A missing folder is an empty one.
pub(super) fn scan(folder: &Path) -> Result<BTreeMap<String, Stamp>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Error::file(folder)(error)),
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(Error::file(folder))?.path();
        let is_component = path
            .extension()
            .is_some_and(|extension| extension == "wasm");
        let file_name = path.file_name().and_then(|name| name.to_str());
        if let (true, Some(file_name), Ok(metadata)) =
            (is_component, file_name, fs::metadata(&path))
        {
            let signature = fs::metadata(signature_path(&path)).ok();
            let stamp = Stamp {
                component: FileStamp::of(&metadata),
                signature: signature.as_ref().map(FileStamp::of),
            };
            found.insert(file_name.to_owned(), stamp);
        }
    }
    Ok(found)
}

/// Where the signature of a component is.
fn signature_path(component: &Path) -> PathBuf {
    component.with_extension("wasm.minisig")
}

/// Reads a component and its signature once, so that what is checked is what runs. An error comes with the
/// hash of what was read.
pub(super) fn read_candidate(
    folder: &Path,
    file_name: &str,
    max_bytes: u64,
) -> Result<Candidate, (Error, String)> {
    let path = folder.join(file_name);
    let read = || {
        let bytes = read_component(&path, max_bytes)?;
        let signature = read_signature(&signature_path(&path))?;
        Ok((bytes, signature))
    };
    let (bytes, signature) = read().map_err(|error| (error, String::new()))?;
    Ok(Candidate {
        origin: Origin::Dropped(file_name.to_owned()),
        wasm: ComponentBytes::new(bytes),
        signature,
    })
}

fn read_component(path: &Path, max_bytes: u64) -> Result<Vec<u8>> {
    let unreadable = |reason| Error::not_a_handler(LoadFaultKind::Unreadable, reason);
    if !fs::metadata(path).map_err(Error::file(path))?.is_file() {
        return Err(unreadable("it is not a file".to_owned()));
    }
    let bytes = read_at_most(path, max_bytes)?;
    bytes.ok_or_else(|| {
        let most = max_bytes >> 20;
        unreadable(format!(
            "it is larger than {most} MiB; make it smaller, or raise `compile.file_mib`"
        ))
    })
}

fn read_signature(path: &Path) -> Result<Option<String>> {
    if !path.exists() {
        return Ok(None);
    }
    let bytes = read_at_most(path, SIGNATURE_MAX_BYTES)?;
    // What is no text is no signature; that is for the trust policy to say.
    Ok(Some(bytes.map_or_else(String::new, |bytes| {
        String::from_utf8_lossy(&bytes).into_owned()
    })))
}

/// `None` when there is more.
fn read_at_most(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>> {
    let file = File::open(path).map_err(Error::file(path))?;
    let mut bytes = Vec::new();
    let mut rest = file.take(max_bytes.saturating_add(1));
    rest.read_to_end(&mut bytes).map_err(Error::file(path))?;
    Ok((rest.limit() > 0).then_some(bytes))
}
