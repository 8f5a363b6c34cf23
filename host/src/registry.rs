use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use thumbnailify_core::{Catalog, HandlerIdentity, HandlerState, HandlerSummary, MediaType};

use crate::sandbox::Sandbox;
use crate::{Error, Handler, Limits, Origin, Result};

/// A larger file in the handlers folder is not looked at.
const COMPONENT_MAX_BYTES: u64 = 256 << 20;

/// Knows the handler of each media type, from what the handlers themselves declare.
///
/// Of two handlers for one type the first stays: those of the program before those of the folder, and
/// these by file name.
#[derive(Debug, Default)]
pub struct Registry {
    by_type: BTreeMap<MediaType, Arc<Handler>>,
    summaries: Vec<HandlerSummary>,
}

impl Registry {
    /// Loads the built-in handlers, and every `.wasm` file of the folder, if it is there. A file that is no
    /// handler is listed with its reason and does no harm. Blocks: call it from a thread of tokio's that
    /// may wait.
    ///
    /// # Errors
    /// A built-in handler that does not load, or a folder that cannot be read.
    pub fn load(
        sandbox: &Sandbox,
        built_in: &[&[u8]],
        folder: &Path,
        limits: &Limits,
    ) -> Result<Self> {
        let mut registry = Self::default();
        for wasm in built_in {
            registry.add(Handler::load(sandbox, Origin::BuiltIn, wasm, limits)?);
        }
        for path in components_in(folder)? {
            registry.add_file(sandbox, &path, limits);
        }
        Ok(registry)
    }

    /// The handler of a media type.
    #[must_use]
    pub fn handler_for(&self, media_type: &MediaType) -> Option<&Arc<Handler>> {
        self.by_type.get(media_type)
    }

    /// The media type that a handler declares for a file name extension.
    #[must_use]
    pub fn media_type_of(&self, extension: &str) -> Option<&MediaType> {
        let handled = self
            .summaries
            .iter()
            .flat_map(|summary| &summary.media_types);
        let named = handled.filter(|handled| {
            handled
                .extensions
                .iter()
                .any(|known| known.eq_ignore_ascii_case(extension))
        });
        let mut named = named.map(|handled| &handled.mime);
        named.find(|mime| self.by_type.contains_key(*mime))
    }

    /// Every handler that was found, as it is listed for users.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        Catalog {
            handlers: self.summaries.clone(),
        }
    }

    fn add(&mut self, handler: Handler) {
        let handler = Arc::new(handler);
        let mut summary = handler.summary();
        summary
            .media_types
            .retain(|handled| !self.by_type.contains_key(&handled.mime));
        if summary.media_types.is_empty() {
            let reason = "every media type that it takes has a handler already".to_owned();
            summary.media_types = handler.media_types().to_vec();
            summary.state = HandlerState::Failed { reason };
        } else {
            for handled in &summary.media_types {
                self.by_type
                    .insert(handled.mime.clone(), Arc::clone(&handler));
            }
        }
        self.summaries.push(summary);
    }

    fn add_file(&mut self, sandbox: &Sandbox, path: &Path, limits: &Limits) {
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let wasm = match read(path) {
            Ok(wasm) => wasm,
            Err(error) => return self.list_failed(file_name, &[], &error),
        };
        match Handler::load(sandbox, Origin::Dropped(file_name.clone()), &wasm, limits) {
            Ok(handler) => self.add(handler),
            Err(error) => self.list_failed(file_name, &wasm, &error),
        }
    }

    fn list_failed(&mut self, file_name: String, wasm: &[u8], error: &Error) {
        tracing::warn!(file = file_name, %error, "a file in the handlers folder is not a handler");
        let identity = HandlerIdentity {
            name: file_name.clone(),
            version: String::new(),
            sha256: hex::encode(Sha256::digest(wasm)),
        };
        self.summaries.push(HandlerSummary {
            identity,
            origin: file_name,
            media_types: Vec::new(),
            imports: Vec::new(),
            state: HandlerState::Failed {
                reason: error.to_string(),
            },
        });
    }
}

/// The `.wasm` files of a folder by name. A missing folder is an empty one.
fn components_in(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if !fs::metadata(path).map_err(Error::file(path))?.is_file() {
        return Err(Error::NotAHandler("it is not a file".into()));
    }
    let file = File::open(path).map_err(Error::file(path))?;
    let mut wasm = Vec::new();
    let mut rest = file.take(COMPONENT_MAX_BYTES + 1);
    rest.read_to_end(&mut wasm).map_err(Error::file(path))?;
    if rest.limit() == 0 {
        let most = COMPONENT_MAX_BYTES >> 20;
        return Err(Error::NotAHandler(format!("it is larger than {most} MiB")));
    }
    Ok(wasm)
}
