use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use thumbnailify_core::{HandledType, HandlerIdentity, HandlerState, HandlerSummary, MediaType};

use crate::Limits;
use crate::record::Record;
use crate::sandbox::types::Description;
use crate::sandbox::{Call, Effort, Fault, Program, Run};

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

/// A component that may be put into service, with what it says about itself and what it did so far.
#[derive(Debug)]
pub struct Handler {
    pub(crate) identity: HandlerIdentity,
    pub(crate) origin: Origin,
    pub(crate) media_types: Vec<HandledType>,
    pub(crate) description: Description,
    /// The compiled code; better code may come while it is in service.
    pub(crate) program: RwLock<Program>,
    pub(crate) limits: Limits,
    pub(crate) record: Record,
}

impl Handler {
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

    pub(crate) fn takes(&self, media_type: &MediaType) -> bool {
        let mut handled = self.media_types.iter();
        handled.any(|handled| handled.mime == *media_type)
    }

    /// Everything that it says about itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The interfaces that it imports.
    #[must_use]
    pub fn imports(&self) -> Vec<String> {
        self.program().imports().to_vec()
    }

    /// What one run of it may take.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How it is listed for users while it is in service.
    #[must_use]
    pub fn summary(&self) -> HandlerSummary {
        HandlerSummary {
            identity: self.identity.clone(),
            origin: self.origin.label().to_owned(),
            media_types: self.media_types.clone(),
            imports: self.imports(),
            budgets: Some(self.limits.budgets()),
            counters: self.record.counters(),
            warnings: Vec::new(),
            state: HandlerState::Ready,
        }
    }

    /// Tells whether its description lists a param.
    pub(crate) fn knows_param(&self, name: &str) -> bool {
        self.description
            .params
            .iter()
            .any(|(known, _)| known == name)
    }

    /// Tells whether it runs on code that was compiled in haste.
    pub(crate) fn could_be_faster(&self) -> bool {
        self.program().effort() == Effort::Quick
    }

    /// Runs the next jobs on this code, which is of the same component.
    pub(crate) fn improve(&self, better: Program) {
        *self.program.write().unwrap_or_else(PoisonError::into_inner) = better;
    }

    /// Asks it anew what it is.
    pub(crate) fn describe_again(&self, limits: &Limits) -> Result<Description, Fault> {
        let program = self.program().clone();
        program.describe(limits)
    }

    fn program(&self) -> RwLockReadGuard<'_, Program> {
        // It is replaced in one go, so a panic elsewhere leaves nothing half done.
        self.program.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn render(&self, call: Call) -> Run {
        // The clone is cheap, and the lock is not held while the handler runs.
        let program = self.program().clone();
        program.render(call, &self.limits)
    }
}
