use std::sync::Arc;
use std::time::Instant;

use thumbnailify_core::{
    HandlerCounters, HandlerIdentity, HandlerState, HandlerSummary, LoadFaultKind,
};

use super::in_service::InService;
use crate::Handler;

/// What is known of one built-in handler, or of one file of the folder.
#[derive(Debug, Default)]
pub(super) struct Place {
    current: Option<Arc<Handler>>,
    /// What was in service before it, for the case that it turns out to be worse.
    before: Option<Arc<Handler>>,
    suspended: Option<Suspended>,
    /// The file as it is now is no handler.
    failed: Option<FailedFile>,
}

/// A handler that was taken out of service because it crashed.
#[derive(Debug)]
struct Suspended {
    handler: Arc<Handler>,
    /// When it is tried again. Never while a version before it serves.
    until: Instant,
}

/// A file that is no handler.
#[derive(Clone, Debug)]
pub(crate) struct FailedFile {
    pub(crate) file_name: String,
    pub(crate) sha256: String,
    pub(crate) kind: LoadFaultKind,
    pub(crate) reason: String,
}

impl Place {
    pub(super) fn with(handler: Handler) -> Self {
        Self {
            current: Some(Arc::new(handler)),
            ..Self::default()
        }
    }

    /// The handlers of this place that serve, or will again.
    pub(super) fn living(&self) -> impl Iterator<Item = &Arc<Handler>> {
        let suspended = self.suspended.as_ref().map(|suspended| &suspended.handler);
        self.current.iter().chain(suspended)
    }

    pub(super) fn current(&self) -> Option<&Arc<Handler>> {
        self.current.as_ref()
    }

    /// A new version comes into service. The file may also be written anew with what it had: then one that is
    /// suspended stays so, and one that serves goes on.
    pub(super) fn renew(&mut self, handler: Arc<Handler>) {
        self.failed = None;
        let is_the_same =
            |known: &Arc<Handler>| known.identity().sha256 == handler.identity().sha256;
        let is_suspended = |suspended: &Suspended| is_the_same(&suspended.handler);
        if self.suspended.as_ref().is_some_and(is_suspended) {
            return;
        }
        self.suspended = None;
        if self.current.as_ref().is_some_and(is_the_same) {
            return;
        }
        if let Some(current) = self.current.replace(handler) {
            self.before = Some(current);
        }
    }

    pub(super) fn fail(&mut self, failed: FailedFile) {
        self.failed = Some(failed);
    }

    /// Takes a handler out of service if it is this one. The version before it is put back.
    pub(super) fn suspend(&mut self, handler: &Arc<Handler>, until: Instant) {
        let Some(current) = self
            .current
            .take_if(|current| Arc::ptr_eq(current, handler))
        else {
            return;
        };
        self.current = self.before.take();
        let (name, put_back) = (&current.identity().name, self.current.is_some());
        tracing::error!(
            handler = name,
            put_back,
            "a handler that crashes on most uploads is out of service"
        );
        self.suspended = Some(Suspended {
            handler: current,
            until,
        });
    }

    /// Tells whether a suspension has something to end.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let is_over = |suspended: &Suspended| suspended.until <= now;
        self.current.is_none() && self.suspended.as_ref().is_some_and(is_over)
    }

    /// Tries a suspended handler again.
    pub(super) fn lift(&mut self, now: Instant) {
        if !self.is_due(now) {
            return;
        }
        if let Some(Suspended { handler, .. }) = self.suspended.take() {
            tracing::warn!(handler = handler.identity().name, "it is tried again");
            handler.record.pardon();
            self.current = Some(handler);
        }
    }

    /// How it is listed for users: what serves, what is suspended, what is broken.
    pub(super) fn summaries(&self, in_service: &InService) -> Vec<HandlerSummary> {
        let current = self.current.as_ref().map(|current| {
            let (state, warnings) = in_service.standing(current);
            HandlerSummary {
                state,
                warnings,
                ..current.summary()
            }
        });
        let suspended = self.suspended.as_ref().map(|suspended| HandlerSummary {
            state: self.suspension(),
            ..suspended.handler.summary()
        });
        let failed = self.failed.as_ref().map(FailedFile::summary);
        [current, suspended, failed].into_iter().flatten().collect()
    }

    fn suspension(&self) -> HandlerState {
        let next = match &self.current {
            Some(before) => {
                let version = &before.identity().version;
                format!("version {version} serves until the file changes")
            }
            None => "it will be tried again in a while".to_owned(),
        };
        HandlerState::Suspended {
            reason: format!("it crashed on most of the newest uploads; {next}"),
        }
    }
}

impl FailedFile {
    fn summary(&self) -> HandlerSummary {
        HandlerSummary {
            identity: HandlerIdentity {
                name: self.file_name.clone(),
                version: String::new(),
                sha256: self.sha256.clone(),
            },
            origin: self.file_name.clone(),
            media_types: Vec::new(),
            imports: Vec::new(),
            budgets: None,
            counters: HandlerCounters::default(),
            warnings: Vec::new(),
            state: HandlerState::Failed {
                kind: self.kind,
                reason: self.reason.clone(),
            },
        }
    }
}
