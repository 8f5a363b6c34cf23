use thumbnailify_core::{Cost, HandlerIdentity, MediaType};

use crate::Limits;
use crate::sandbox::{Fault, types};

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

    /// The same for a picture inside a file: that nobody here takes it is the file's own limit, which
    /// waiting for another worker does not lift.
    pub(crate) fn inside(self, outer: Ran) -> Self {
        match self.kind {
            FailureKind::NoHandler => outer.failure(FailureKind::Unsupported, self.message),
            _ => self,
        }
    }
}

impl Ran {
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
        self.failure(kind, clip(&message))
    }

    /// The handler was stopped or fell over.
    pub(crate) fn faulted(self, fault: &Fault, limits: &Limits) -> Failure {
        let kind = match fault {
            Fault::OutOfMemory
            | Fault::TooManyReads
            | Fault::TooMuchRead
            | Fault::AnswerTooLarge => FailureKind::Unsupported,
            Fault::TimedOut | Fault::StackOverflow | Fault::Trapped(_) => FailureKind::Crashed,
            Fault::Source(_) => FailureKind::Host,
            Fault::Cancelled => FailureKind::Cancelled,
        };
        self.failure(kind, fault.message(limits))
    }

    pub(crate) fn failure(self, kind: FailureKind, message: String) -> Failure {
        Failure {
            kind,
            message,
            ran: Some(self),
        }
    }
}

/// A handler's own words are untrusted text: one line of bounded length.
fn clip(message: &str) -> String {
    const MAX_CHARS: usize = 500;
    message
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(MAX_CHARS)
        .collect()
}
