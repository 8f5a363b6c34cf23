use std::collections::BTreeMap;
use std::sync::Arc;

use thumbnailify_core::{HandledType, HandlerState, MediaType};

use crate::{Handler, Origin};

/// Who takes what, settled once for every change.
#[derive(Debug, Default)]
pub(super) struct InService {
    by_type: BTreeMap<MediaType, Arc<Handler>>,
}

impl InService {
    /// Gives each media type to the first handler that takes it.
    pub(super) fn settle<'a>(handlers: impl Iterator<Item = &'a Arc<Handler>>) -> Self {
        let mut by_type = BTreeMap::new();
        for handler in handlers {
            for handled in handler.media_types() {
                by_type
                    .entry(handled.mime.clone())
                    .or_insert_with(|| Arc::clone(handler));
            }
        }
        Self { by_type }
    }

    pub(super) fn handler_for(&self, media_type: &MediaType) -> Option<&Arc<Handler>> {
        self.by_type.get(media_type)
    }

    pub(super) fn media_types(&self) -> impl Iterator<Item = &MediaType> {
        self.by_type.keys()
    }

    pub(super) fn media_type_of(&self, extension: &str) -> Option<&MediaType> {
        let mut served = self.by_type.iter();
        let found = served.find(|(media_type, handler)| {
            let declared = handler.media_types().iter();
            let mut declared = declared.filter(|handled| handled.mime == **media_type);
            declared.any(|handled| declares(handled, extension))
        });
        found.map(|(media_type, _)| media_type)
    }

    /// Whether a handler takes anything, and what its owner should know if others come before it.
    pub(super) fn standing(&self, handler: &Arc<Handler>) -> (HandlerState, Vec<String>) {
        let types = || handler.media_types().iter().map(|handled| &handled.mime);
        let lost: Vec<_> = types()
            .filter_map(|media_type| Some((media_type, self.by_type.get(media_type)?)))
            .filter(|(_, first)| !Arc::ptr_eq(first, handler))
            .map(|(media_type, first)| lost_to(media_type, first, handler))
            .collect();
        if lost.len() < types().count() {
            return (HandlerState::Ready, lost);
        }
        let reason = lost.join(" ");
        (HandlerState::Shadowed { reason }, Vec::new())
    }
}

fn declares(handled: &HandledType, extension: &str) -> bool {
    let mut known = handled.extensions.iter();
    known.any(|known| known.eq_ignore_ascii_case(extension))
}

fn lost_to(media_type: &MediaType, first: &Handler, second: &Handler) -> String {
    let name = &first.identity().name;
    match (&first.origin, &second.origin) {
        (Origin::BuiltIn, Origin::Dropped(_)) => format!(
            "{media_type} stays with the built-in handler {name}; service.replace_built_in = true changes that."
        ),
        (Origin::Dropped(file_name), Origin::BuiltIn) => format!(
            "{media_type} is taken by the file {file_name}, as service.replace_built_in allows."
        ),
        (first, _) => {
            let first = first.label();
            format!("{media_type} is taken by {first}, whose name comes first.")
        }
    }
}
