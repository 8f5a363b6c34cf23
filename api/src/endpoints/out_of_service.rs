use serde::Serialize;
use thumbnailify_core::{Announcement, HandlerState, HandlerSummary, LoadFaultKind};

/// A handler that should be in service and is not. Anybody may ask, so the reason is left out.
#[derive(PartialEq, Eq, Debug, Serialize)]
pub(super) struct OutOfService {
    name: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<LoadFaultKind>,
}

impl OutOfService {
    /// Lists those of all workers, equal ones once.
    pub(super) fn among(announcements: &[Announcement]) -> Vec<Self> {
        let mut list = Vec::new();
        let catalogs = announcements.iter().map(|one| &one.catalog);
        for summary in catalogs.flat_map(|catalog| &catalog.handlers) {
            if let Some(handler) = Self::of(summary).filter(|handler| !list.contains(handler)) {
                list.push(handler);
            }
        }
        list
    }

    fn of(summary: &HandlerSummary) -> Option<Self> {
        let kind = match &summary.state {
            HandlerState::Ready | HandlerState::Shadowed { .. } => return None,
            HandlerState::Suspended { .. } => None,
            HandlerState::Failed { kind, .. } => Some(*kind),
        };
        Some(Self {
            name: summary.identity.name.clone(),
            state: summary.state.as_str(),
            kind,
        })
    }
}
