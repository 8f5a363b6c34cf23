use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::{Error, Result};

/// Keeps compiled components on disk, so that each is compiled once.
///
/// A compiled component is machine code that runs with all our rights: the folder belongs to this user
/// alone, and nothing in it ever comes from outside. A file is named by the SHA-256 of the component
/// and a hash of everything that the code depends on (runtime version, processor, settings), so a file
/// that is found fits.
#[derive(Clone, Debug)]
pub struct CompileCache {
    folder: PathBuf,
}

impl CompileCache {
    /// Opens a folder, making it where it is missing.
    ///
    /// # Errors
    /// [`Error::File`] when the folder cannot be made, or others may write to it.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder
            .create(&folder)
            .and_then(|()| refuse_shared(&folder))
            .map_err(Error::file(&folder))?;
        Ok(Self { folder })
    }

    pub(super) fn component(&self, engine: &Engine, wasm: &[u8]) -> Result<Component> {
        let path = self.path(engine, wasm);
        match load(engine, &path) {
            Ok(component) => return Ok(component),
            Err(error) if path.exists() => {
                tracing::warn!(path = %path.display(), error = format!("{error:#}"), "compiling anew");
            }
            Err(_) => {}
        }
        let compiled = engine
            .precompile_component(wasm)
            .map_err(|error| Error::NotAHandler(format!("it cannot be compiled: {error:#}")))?;
        if let Err(error) = self.write(&path, &compiled) {
            tracing::warn!(path = %path.display(), %error, "compiled code could not be kept");
        }
        from_own_bytes(engine, &compiled).map_err(Error::Setup)
    }

    fn path(&self, engine: &Engine, wasm: &[u8]) -> PathBuf {
        let mut environment = DefaultHasher::new();
        engine
            .precompile_compatibility_hash()
            .hash(&mut environment);
        let component = hex::encode(Sha256::digest(wasm));
        self.folder
            .join(format!("{component}-{:016x}.cwasm", environment.finish()))
    }

    /// All or nothing, for a half-written file would be run. The name of the temporary file is its own, so that
    /// nobody writes to a file that another has in use.
    fn write(&self, path: &Path, compiled: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(compiled)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(&self.folder)?.sync_all()
    }
}

fn refuse_shared(folder: &Path) -> io::Result<()> {
    let metadata = fs::metadata(folder)?;
    let others_may_write = metadata.mode() & 0o022 != 0;
    if others_may_write || metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other(
            "others may write to this folder of compiled code",
        ));
    }
    refuse_shared_ancestors(&folder.canonicalize()?)
}

/// Whoever may rename a folder on the way there can put another in its place. A sticky folder forbids that.
fn refuse_shared_ancestors(folder: &Path) -> io::Result<()> {
    for ancestor in folder.ancestors().skip(1) {
        let mode = fs::metadata(ancestor)?.mode();
        if mode & 0o002 != 0 && mode & 0o1000 == 0 {
            let shown = ancestor.display();
            let problem =
                format!("anyone may replace this folder of compiled code through {shown}");
            return Err(io::Error::other(problem));
        }
    }
    Ok(())
}

fn load(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    #[expect(
        unsafe_code,
        reason = "the file was written by this user's own process, by the type's invariant"
    )]
    // SAFETY: see `CompileCache`: only `write` puts files into a folder that no other user can write to.
    unsafe {
        Component::deserialize_file(engine, path)
    }
}

fn from_own_bytes(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    #[expect(
        unsafe_code,
        reason = "the bytes come from the compiler, a few lines above the call"
    )]
    // SAFETY: the bytes were made by `precompile_component` of the same engine, and never left this process.
    unsafe {
        Component::deserialize(engine, compiled)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(
            CompileCache::open(folder.path()),
            Err(Error::File { .. })
        ));
    }

    #[test]
    fn a_folder_that_anyone_can_replace_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let cache = folder.path().join("cache");
        assert!(matches!(CompileCache::open(cache), Err(Error::File { .. })));
    }
}
