use std::fs::{self, DirBuilder, DirEntry, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::{Builder, NamedTempFile, TempDir};
use thumbnailify_core::LoadFaultKind;
use wasmtime::Engine;
use wasmtime::component::Component;

use super::compiler::Compiler;
use super::component_bytes::ComponentBytes;
use super::effort::Effort;
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
    /// Deletes the folder with the last user of it, where it is not to stay.
    _temporary: Option<Arc<TempDir>>,
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
        Ok(Self {
            folder,
            _temporary: None,
        })
    }

    /// Makes a folder that is deleted when nobody uses it any more.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made.
    pub fn temporary() -> Result<Self> {
        let made = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
        Ok(Self {
            folder: made.path().to_owned(),
            _temporary: Some(Arc::new(made)),
        })
    }

    /// A component from its compiled code, if that is there.
    pub(super) fn get(
        &self,
        engine: &Engine,
        wasm: &ComponentBytes,
        effort: Effort,
    ) -> Option<Component> {
        let path = self.path(engine, wasm, effort);
        match load(engine, &path) {
            Ok(component) => {
                mark_used(&path);
                Some(component)
            }
            Err(error) => {
                if path.exists() {
                    tracing::warn!(path = %path.display(), error = format!("{error:#}"), "compiling anew");
                }
                None
            }
        }
    }

    /// Tells whether compiled code of a component is there, without looking into it.
    pub(super) fn has(&self, engine: &Engine, wasm: &ComponentBytes) -> bool {
        [Effort::Full, Effort::Quick]
            .iter()
            .any(|effort| self.path(engine, wasm, *effort).exists())
    }

    /// Compiles a component, and keeps the code. The best code replaces what was made in haste.
    pub(super) fn fill(
        &self,
        engine: &Engine,
        compiler: &Compiler,
        wasm: &ComponentBytes,
        effort: Effort,
    ) -> Result<Component> {
        let at_folder = || Error::file(&self.folder);
        let path = self.path(engine, wasm, effort);
        let file = Builder::new()
            .prefix(HALF_WRITTEN_PREFIX)
            .tempfile_in(&self.folder)
            .map_err(at_folder())?;
        let into = file.reopen().map_err(at_folder())?;
        compiler.compile(wasm.as_slice(), effort, into)?;
        self.keep(file, &path).map_err(at_folder())?;
        if effort == Effort::Full {
            // It is mostly not there; one that stays is pruned some day.
            let _gone = fs::remove_file(self.path(engine, wasm, Effort::Quick));
        }
        // What the compiler takes may still be too large to be run, such as a memory of 4 GiB from the start.
        load(engine, &path).map_err(|error| {
            let reason = format!("it cannot be run within the budgets: {error:#}");
            Error::not_a_handler(LoadFaultKind::NotCompiled, reason)
        })
    }

    /// Deletes the code that nobody has used for so long, and what a killed process left half written. Files
    /// that are not the cache's own are left alone.
    pub(super) fn prune(&self, keep: Option<Duration>) {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(folder = %self.folder.display(), %error, "old compiled code stays");
                return;
            }
        };
        for entry in entries.flatten() {
            if is_stale(&entry, keep)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::warn!(path = %entry.path().display(), %error, "old compiled code stays");
            }
        }
    }

    fn path(&self, engine: &Engine, wasm: &ComponentBytes, effort: Effort) -> PathBuf {
        let mut environment = DefaultHasher::new();
        engine
            .precompile_compatibility_hash()
            .hash(&mut environment);
        let (component, environment) = (wasm.sha256(), environment.finish());
        self.folder.join(format!(
            "{component}-{environment:016x}.{}",
            effort.suffix()
        ))
    }

    /// All or nothing, for a half-written file would be run. The name of the temporary file is its own, so that
    /// nobody writes to a file that another has in use.
    fn keep(&self, file: NamedTempFile, path: &Path) -> io::Result<()> {
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(&self.folder)?.sync_all()
    }
}

/// Compiling takes no longer.
const HALF_WRITTEN_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// What the names of half-written files begin with, and those of compiled code end in.
const HALF_WRITTEN_PREFIX: &str = ".compiling-";
const COMPILED_SUFFIX: &str = ".cwasm";

fn is_stale(entry: &DirEntry, keep: Option<Duration>) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    let keep = if name.starts_with(HALF_WRITTEN_PREFIX) {
        Some(HALF_WRITTEN_AFTER)
    } else if name.ends_with(COMPILED_SUFFIX) {
        keep
    } else {
        None
    };
    let unused = entry
        .metadata()
        .and_then(|metadata| metadata.modified())
        .map(|modified| modified.elapsed().unwrap_or_default());
    matches!((keep, unused), (Some(keep), Ok(unused)) if unused > keep)
}

/// The time of the last change of a file is that of its last use, for `prune`.
fn mark_used(path: &Path) {
    let marked = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = marked {
        tracing::debug!(path = %path.display(), %error, "its use could not be noted");
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
        let metadata = fs::metadata(ancestor)?;
        let (mode, owner) = (metadata.mode(), metadata.uid());
        let is_strangers = owner != 0 && owner != rustix::process::geteuid().as_raw();
        if is_strangers || mode & 0o002 != 0 && mode & 0o1000 == 0 {
            let shown = ancestor.display();
            let problem =
                format!("others may replace this folder of compiled code through {shown}");
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
    fn only_old_files_of_its_own_are_pruned() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(folder.path()).unwrap();
        let year = Duration::from_secs(365 * 24 * 3_600);
        for (name, age) in [
            ("old.cwasm", year),
            ("new.cwasm", Duration::ZERO),
            (".compiling-old", year),
            (".compiling-new", Duration::ZERO),
            ("letter.txt", year),
        ] {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        cache.prune(Some(Duration::from_secs(3_600)));
        let left = fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".compiling-new", "letter.txt", "new.cwasm"]);
    }

    #[test]
    fn a_folder_that_anyone_can_replace_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let cache = folder.path().join("cache");
        assert!(matches!(CompileCache::open(cache), Err(Error::File { .. })));
    }
}
