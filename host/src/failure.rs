use std::time::Duration;

use thumbnailify_core::{Cost, FaultKind, HandlerIdentity, MediaType};

use crate::picture::{BadAnswer, Size};
use crate::record::Ended;
use crate::sandbox::{Fault, Run, over_budget, types};
use crate::untrusted_text::one_line;
use crate::{Handler, Limits};

/// What is kept of a message.
const MESSAGE_MAX_CHARS: usize = 500;

/// Why there is no thumbnail.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    /// What is to be done about it.
    pub kind: FailureKind,
    /// One sentence for the person who uploaded the file.
    pub message: String,
    /// How the handler went wrong, where it did.
    pub fault: Option<FaultKind>,
    /// Which build of a handler fell over, where one did: that of the file, or of a picture inside it.
    pub culprit_sha256: Option<String>,
    /// Which handler was run and what it took, where one was.
    pub ran: Option<Box<Ran>>,
}

/// A handler that was run.
#[derive(Clone, PartialEq, Debug)]
pub struct Ran {
    /// Which build of which handler.
    pub handler: HandlerIdentity,
    /// What the sandbox took.
    pub cost: Cost,
    /// How long each step took.
    pub times: Times,
}

/// How long the steps from an upload to its thumbnail took.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Times {
    /// Reading the upload.
    pub read: Duration,
    /// The handler, without its reading.
    pub sandbox: Duration,
    /// From the handler's picture to the thumbnail: resizing and encoding.
    pub finish: Duration,
}

impl Times {
    fn of(run: &Run) -> Self {
        Self {
            read: run.reading,
            sandbox: run.duration.saturating_sub(run.reading),
            finish: Duration::ZERO,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            read: self.read.saturating_add(other.read),
            sandbox: self.sandbox.saturating_add(other.sandbox),
            finish: self.finish.saturating_add(other.finish),
        }
    }
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
        let message = format!("no handler for {media_type} is in service");
        Self {
            kind: FailureKind::NoHandler,
            message,
            fault: None,
            culprit_sha256: None,
            ran: None,
        }
    }

    /// Nothing takes the picture that a handler found inside its file, which waiting does not change.
    pub(crate) fn unknown_inside(media_type: &MediaType) -> Self {
        Self {
            kind: FailureKind::Unsupported,
            ..Self::no_handler(media_type)
        }
    }

    /// How the run counts in the handler's record. `None` where it says nothing about the handler.
    pub(crate) fn ended(&self) -> Option<Ended> {
        match (self.fault, self.kind) {
            (Some(fault), _) => Some(Ended::Faulted(fault)),
            (None, FailureKind::Malformed | FailureKind::Unsupported) => Some(Ended::Refused),
            _ => None,
        }
    }

    /// The same for a picture inside a file.
    pub(crate) fn inside(self, outer: &Ran) -> Self {
        let ran = match &self.ran {
            Some(inner) => outer.and(inner),
            None => outer.clone(),
        };
        Self {
            ran: Some(Box::new(ran)),
            ..self
        }
    }
}

impl Ran {
    pub(crate) fn new(handler: &Handler, run: &Run) -> Self {
        Self {
            handler: handler.identity().clone(),
            cost: Cost {
                cpu_us: run.cpu_us,
                peak_memory_bytes: run.peak_memory_bytes,
            },
            times: Times::of(run),
        }
    }

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
            times: self.times.and(inner.times),
        }
    }

    /// The same with the time that finishing its picture took.
    pub(crate) fn finished_in(&self, finish: Duration) -> Self {
        let mut ran = self.clone();
        ran.times.finish = finish;
        ran
    }

    /// The handler said itself that there is no thumbnail.
    pub(crate) fn refused(&self, failure: types::Failure) -> Failure {
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
        self.failure(kind, None, &message)
    }

    /// The handler was stopped or fell over.
    pub(crate) fn faulted(&self, fault: &Fault, limits: &Limits) -> Failure {
        let kind = match fault {
            Fault::OutOfMemory
            | Fault::TooManyReads
            | Fault::TooMuchRead
            | Fault::AnswerTooLarge => FailureKind::Unsupported,
            Fault::TimedOut | Fault::StackOverflow | Fault::Panicked(_) | Fault::Trapped(_) => {
                FailureKind::Crashed
            }
            Fault::Source(_) | Fault::HostMemory => FailureKind::Host,
            Fault::Cancelled => FailureKind::Cancelled,
        };
        let message = fault.message(&self.handler.name, limits);
        let failure = self.failure(kind, fault.kind(), &message);
        let crashed = kind == FailureKind::Crashed;
        Failure {
            culprit_sha256: crashed.then(|| self.handler.sha256.clone()),
            ..failure
        }
    }

    /// The picture is larger than the handler may take on.
    pub(crate) fn source_too_large(&self, size: Size, limits: &Limits) -> Failure {
        let Size { width, height } = size;
        let problem = format!("the picture is {width}x{height}");
        let budget = format!("{} megapixels", limits.source_megapixels);
        let message = over_budget(&problem, &budget, &self.handler.name, "source_megapixels");
        let fault = Some(FaultKind::SourceTooLarge);
        self.failure(FailureKind::Unsupported, fault, &message)
    }

    /// The answer breaks the rules of the interface.
    pub(crate) fn answered_badly(&self, error: &BadAnswer) -> Failure {
        let (fault, message) = match error {
            BadAnswer::TooManyFrames { frames, limit } => {
                let problem = format!("the handler's animation has {frames} frames");
                let budget = format!("{limit} frames");
                let message = over_budget(&problem, &budget, &self.handler.name, "frames");
                (FaultKind::TooManyFrames, message)
            }
            error => (FaultKind::BadAnswer, error.to_string()),
        };
        self.failure(FailureKind::BadAnswer, Some(fault), &message)
    }

    /// The message may hold a handler's own words.
    pub(crate) fn failure(
        &self,
        kind: FailureKind,
        fault: Option<FaultKind>,
        message: &str,
    ) -> Failure {
        Failure {
            kind,
            message: one_line(message, MESSAGE_MAX_CHARS),
            fault,
            culprit_sha256: None,
            ran: Some(Box::new(self.clone())),
        }
    }
}
