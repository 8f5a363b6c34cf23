use thumbnailify_core::{HandledType, HandlerIdentity, HandlerState, HandlerSummary};

use crate::Limits;
use crate::record::Record;
use crate::sandbox::types::Description;
use crate::sandbox::{Call, Program, Run};

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
    pub(crate) program: Program,
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

    /// Everything that it says about itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The interfaces that it imports.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        self.program.imports()
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
            imports: self.imports().to_vec(),
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

    pub(crate) fn render(&self, call: Call) -> Run {
        self.program.render(call, &self.limits)
    }
}
