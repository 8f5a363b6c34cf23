use thumbnailify_core::{HandledType, MediaType};

use crate::sandbox::types::{self, Description};
use crate::untrusted_text::one_line;

const NAME_MAX_CHARS: usize = 64;
const VERSION_MAX_CHARS: usize = 64;
const MEDIA_TYPES_MAX: usize = 64;
const EXTENSIONS_MAX: usize = 16;
const EXTENSION_MAX_CHARS: usize = 16;
const PARAMS_MAX: usize = 256;

/// Takes what a component says about itself, if it makes sense.
pub(crate) fn check(description: &Description) -> Result<Vec<HandledType>, String> {
    let Description {
        name,
        version,
        media_types,
        params,
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
    if params.len() > PARAMS_MAX {
        return Err(format!("it has more than {PARAMS_MAX} params"));
    }
    media_types.iter().map(handled_type).collect()
}

fn handled_type(declared: &types::MediaType) -> Result<HandledType, String> {
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
