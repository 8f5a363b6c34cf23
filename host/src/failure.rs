use thumbnailify_core::{Cost, HandlerIdentity, MediaType};

use crate::Limits;
use crate::sandbox::{Fault, types};
use crate::untrusted_text::one_line;

/// What is kept of a message.
const MESSAGE_MAX_CHARS: usize = 500;

/// Why there is no thumbnail.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    /// What is to be done about it.
    pub kind: FailureKind,
    /// One sentence for the person who uploaded the file.
    pub message: String,
    /// Which handler was run and what it took, where one was.
    pub ran: Option<Ran>,
}

/// A handler that was run.
#[derive(Clone, PartialEq, Debug)]
pub struct Ran {
    /// Which build of which handler.
    pub handler: HandlerIdentity,
    /// What the sandbox took.
    pub cost: Cost,
}

/// Failures by what is to be done about them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// It is not a valid file of its type. There will never be a thumbnail.
    Malformed,
    /// It is a valid file that the handler cannot do, or not within its budgets. There will never be a
    /// thumbnail.
    Unsupported,
    /// The handler broke the rules of the interface, as it would again.
    BadAnswer,
    /// The handler fell over, which another attempt may not.
    Crashed,
    /// No handler here takes the media type.
    NoHandler,
    /// Something on our side failed, which may be gone later.
    Host,
    /// The run was stopped from outside.
    Cancelled,
}

impl Failure {
    pub(crate) fn no_handler(media_type: &MediaType) -> Self {
        let message = format!("no handler for {media_type} is loaded");
        Self {
            kind: FailureKind::NoHandler,
            message,
            ran: None,
        }
    }

    /// The same for a picture inside a file. That nobody here takes it is the file's own limit, which waiting
    /// for another worker does not lift.
    pub(crate) fn inside(self, outer: &Ran) -> Self {
        let kind = match self.kind {
            FailureKind::NoHandler => FailureKind::Unsupported,
            kind => kind,
        };
        let ran = match self.ran {
            Some(inner) => outer.and(&inner),
            None => outer.clone(),
        };
        Self {
            kind,
            message: self.message,
            ran: Some(ran),
        }
    }
}

impl Ran {
    /// This handler, at the cost of another one too that it handed a picture on to.
    pub(crate) fn and(&self, inner: &Self) -> Self {
        let cpu_us = self.cost.cpu_us.saturating_add(inner.cost.cpu_us);
        let peak_memory_bytes = self
            .cost
            .peak_memory_bytes
            .max(inner.cost.peak_memory_bytes);
        Self {
            handler: self.handler.clone(),
            cost: Cost {
                cpu_us,
                peak_memory_bytes,
            },
        }
    }

    /// The handler said itself that there is no thumbnail.
    pub(crate) fn refused(self, failure: types::Failure) -> Failure {
        use types::Failure as Refusal;
        let (kind, message) = match failure {
            Refusal::Malformed(message) | Refusal::Other(message) => {
                (FailureKind::Malformed, message)
            }
            Refusal::Unsupported(message)
            | Refusal::Encrypted(message)
            | Refusal::TooLarge(message)
            | Refusal::NoPicture(message) => (FailureKind::Unsupported, message),
        };
        self.failure(kind, &message)
    }

    /// The handler was stopped or fell over.
    pub(crate) fn faulted(self, fault: &Fault, limits: &Limits) -> Failure {
        let kind = match fault {
            Fault::OutOfMemory
            | Fault::TooManyReads
            | Fault::TooMuchRead
            | Fault::AnswerTooLarge => FailureKind::Unsupported,
            Fault::TimedOut | Fault::StackOverflow | Fault::Trapped(_) => FailureKind::Crashed,
            Fault::Source(_) | Fault::HostMemory => FailureKind::Host,
            Fault::Cancelled => FailureKind::Cancelled,
        };
        self.failure(kind, &fault.message(limits))
    }

    /// The message may hold a handler's own words.
    pub(crate) fn failure(self, kind: FailureKind, message: &str) -> Failure {
        let message = one_line(message, MESSAGE_MAX_CHARS);
        Failure {
            kind,
            message,
            ran: Some(self),
        }
    }
}
