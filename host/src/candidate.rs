use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use thumbnailify_core::LoadFaultKind;

use crate::sandbox::ComponentBytes;
use crate::{Error, Origin, Result};

/// No signature is as long.
const SIGNATURE_MAX_BYTES: u64 = 4 << 10;

/// A component and what vouches for it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Where it came from.
    pub origin: Origin,
    /// Its bytes.
    pub wasm: ComponentBytes,
    /// The text of the signature beside its file.
    pub signature: Option<String>,
}

impl Candidate {
    /// A component of the program itself.
    #[must_use]
    pub fn built_in(component: &[u8]) -> Self {
        Self {
            origin: Origin::BuiltIn,
            wasm: ComponentBytes::new(component),
            signature: None,
        }
    }

    /// Reads a file, and the signature beside it, once, so that what is checked is what runs.
    ///
    /// # Errors
    /// [`Error::NotAHandler`] when it is no file or has more than `max_bytes`; [`Error::File`] when it cannot
    /// be read now.
    pub fn read(path: &Path, max_bytes: u64) -> Result<Self> {
        let bytes = read_at_most(path, max_bytes)?.ok_or_else(|| {
            let most = max_bytes >> 20;
            unreadable(format!(
                "it is larger than {most} MiB; make it smaller, or raise `compile.file_mib`"
            ))
        })?;
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            origin: Origin::Dropped(file_name.into_owned()),
            wasm: ComponentBytes::new(bytes),
            signature: read_signature(&signature_path(path))?,
        })
    }
}

/// Where the signature of a component is.
pub(crate) fn signature_path(component: &Path) -> PathBuf {
    let mut path = component.as_os_str().to_owned();
    path.push(".minisig");
    path.into()
}

fn read_signature(path: &Path) -> Result<Option<String>> {
    match read_at_most(path, SIGNATURE_MAX_BYTES) {
        // What is no text, or too long, is no signature; that is for the trust policy to say.
        Ok(bytes) => Ok(Some(bytes.map_or_else(String::new, |bytes| {
            String::from_utf8_lossy(&bytes).into_owned()
        }))),
        Err(Error::File { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// `None` when there is more.
fn read_at_most(path: &Path, max_bytes: u64) -> Result<Option<Vec<u8>>> {
    let file = open(path).map_err(Error::file(path))?;
    if !file.metadata().map_err(Error::file(path))?.is_file() {
        return Err(unreadable("it is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    let mut rest = file.take(max_bytes.saturating_add(1));
    rest.read_to_end(&mut bytes).map_err(Error::file(path))?;
    Ok((rest.limit() > 0).then_some(bytes))
}

/// Whoever opens a pipe without this waits until somebody writes to it.
fn open(path: &Path) -> io::Result<File> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn unreadable(reason: String) -> Error {
    Error::not_a_handler(LoadFaultKind::Unreadable, reason)
}
