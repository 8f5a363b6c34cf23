use sha2::{Digest, Sha256};
use thumbnailify_core::{HandledType, HandlerIdentity, HandlerState, HandlerSummary, MediaType};

use crate::sandbox::types::Description;
use crate::sandbox::{Call, Program, Run, Sandbox};
use crate::untrusted_text::one_line;
use crate::{Error, Limits, Result};

/// Handlers say what they are at once, or not at all.
const DESCRIBE_DEADLINE_MS: u32 = 5_000;
const NAME_MAX_CHARS: usize = 64;
const VERSION_MAX_CHARS: usize = 64;
const MEDIA_TYPES_MAX: usize = 64;
const EXTENSIONS_MAX: usize = 16;
const EXTENSION_MAX_CHARS: usize = 16;

/// Where a handler came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It is part of the program.
    BuiltIn,
    /// It was found in the handlers folder, under this file name.
    Dropped(String),
}

impl Origin {
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::BuiltIn => "builtin",
            Self::Dropped(file_name) => file_name,
        }
    }
}

/// A component in service, with what it says about itself.
#[derive(Debug)]
pub struct Handler {
    identity: HandlerIdentity,
    origin: Origin,
    media_types: Vec<HandledType>,
    description: Description,
    program: Program,
    limits: Limits,
}

impl Handler {
    /// Compiles a component and asks it what it is. Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Errors
    /// [`Error::NotAHandler`] says what its author has to change.
    pub fn load(sandbox: &Sandbox, origin: Origin, wasm: &[u8], limits: &Limits) -> Result<Self> {
        let program = sandbox.load(wasm)?;
        let describe_limits = Limits {
            deadline_ms: DESCRIBE_DEADLINE_MS,
            ..limits.clone()
        };
        let description = program.describe(&describe_limits).map_err(|fault| {
            Error::NotAHandler(format!("describe: {}", fault.message(&describe_limits)))
        })?;
        let media_types = check(&description).map_err(Error::NotAHandler)?;
        let identity = HandlerIdentity {
            name: description.name.clone(),
            version: description.version.clone(),
            sha256: hex::encode(Sha256::digest(wasm)),
        };
        Ok(Self {
            identity,
            origin,
            media_types,
            description,
            program,
            limits: limits.clone(),
        })
    }

    /// Name, version and hash.
    #[must_use]
    pub fn identity(&self) -> &HandlerIdentity {
        &self.identity
    }

    /// What it takes.
    #[must_use]
    pub fn media_types(&self) -> &[HandledType] {
        &self.media_types
    }

    /// Everything that it says about itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// What one run of it may take.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How it is listed for users.
    #[must_use]
    pub fn summary(&self) -> HandlerSummary {
        HandlerSummary {
            identity: self.identity.clone(),
            origin: self.origin.label().to_owned(),
            media_types: self.media_types.clone(),
            imports: self.program.imports().to_vec(),
            state: HandlerState::Ready,
        }
    }

    pub(crate) fn render(&self, call: Call) -> Run {
        self.program.render(call, &self.limits)
    }
}

/// Takes what a component says about itself, if it makes sense.
fn check(description: &Description) -> Result<Vec<HandledType>, String> {
    let Description {
        name,
        version,
        media_types,
        ..
    } = description;
    let allowed = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '-');
    if name.is_empty() || name.len() > NAME_MAX_CHARS || !name.chars().all(allowed) {
        return Err(format!(
            "its name `{}` is not made of at most {NAME_MAX_CHARS} lower-case letters, digits and hyphens",
            quoted(name)
        ));
    }
    let printable = version
        .chars()
        .all(|character| character.is_ascii_graphic());
    if version.is_empty() || version.len() > VERSION_MAX_CHARS || !printable {
        let version = quoted(version);
        return Err(format!("its version `{version}` is not a version"));
    }
    if media_types.is_empty() || media_types.len() > MEDIA_TYPES_MAX {
        let count = media_types.len();
        return Err(format!(
            "it takes {count} media types instead of 1 to {MEDIA_TYPES_MAX}"
        ));
    }
    media_types.iter().map(handled_type).collect()
}

fn handled_type(declared: &crate::sandbox::types::MediaType) -> Result<HandledType, String> {
    let mime: MediaType = declared
        .mime
        .parse()
        .map_err(|_| format!("`{}` is not a media type", quoted(&declared.mime)))?;
    let extensions = &declared.extensions;
    let fits = |extension: &String| {
        let letters = extension
            .chars()
            .all(|character| character.is_ascii_alphanumeric());
        (1..=EXTENSION_MAX_CHARS).contains(&extension.len()) && letters
    };
    if extensions.len() > EXTENSIONS_MAX || !extensions.iter().all(fits) {
        return Err(format!(
            "the extensions of {mime} are not at most {EXTENSIONS_MAX} of up to {EXTENSION_MAX_CHARS} letters and digits"
        ));
    }
    let extensions = extensions.clone();
    Ok(HandledType { mime, extensions })
}

/// As much of a handler's own words as an error needs.
fn quoted(text: &str) -> String {
    one_line(text, NAME_MAX_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::types;

    fn described(name: &str, version: &str, mime: &str) -> bool {
        let mime = types::MediaType {
            mime: mime.into(),
            extensions: vec![],
            magic: vec![],
        };
        let description = Description {
            name: name.into(),
            version: version.into(),
            media_types: vec![mime],
            params: vec![],
            hints: vec![],
        };
        check(&description).is_ok()
    }

    #[test]
    fn a_description_must_make_sense() {
        assert!(described("png", "1.0.0", "image/png"));
        assert!(!described("", "1.0.0", "image/png"));
        assert!(!described("../png", "1.0.0", "image/png"));
        assert!(!described("png", "", "image/png"));
        assert!(!described("png", "1.0.0", "picture"));
    }
}
