use std::fmt;

use super::Operation;

/// A thing that was tried and did not work, by its class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Failure {
    /// What was tried.
    pub operation: Operation,
    /// How it went wrong.
    pub kind: Kind,
}

/// How a thing can go wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// As many journeys were on their way as there may be.
    TooManyInFlight,
    /// No connection could be made.
    NotConnected,
    /// There was no answer in time.
    TimedOut,
    /// The connection ended before the answer did.
    CutOff,
    /// The server is busy and says when to come back: this code with `Retry-After`.
    Refused(u16),
    /// A code that says busy without saying when to come back, which it always should.
    NoRetryAfter(u16),
    /// An answer with another code than it should have.
    Answer(u16),
    /// An answer with the right code that cannot be read.
    Unreadable,
    /// The queue takes no more jobs.
    QueueFull,
    /// The part of the system behind the operation could not be reached.
    Unavailable,
}

impl Kind {
    /// Tells whether it is an orderly refusal, which a server may give under too much load.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Refused(_) | Self::QueueFull)
    }

    /// The class of an answer whose code is not the one that was hoped for.
    #[must_use]
    pub fn of_answer(code: u16, has_retry_after: bool) -> Self {
        match (code, has_retry_after) {
            (429 | 503 | 507, true) => Self::Refused(code),
            (429 | 503 | 507, false) => Self::NoRetryAfter(code),
            _ => Self::Answer(code),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyInFlight => formatter.write_str("too many in flight"),
            Self::NotConnected => formatter.write_str("not connected"),
            Self::TimedOut => formatter.write_str("timed out"),
            Self::CutOff => formatter.write_str("cut off"),
            Self::Refused(code) => write!(formatter, "refused with {code}"),
            Self::NoRetryAfter(code) => write!(formatter, "{code} without Retry-After"),
            Self::Answer(code) => write!(formatter, "answer {code}"),
            Self::Unreadable => formatter.write_str("unreadable answer"),
            Self::QueueFull => formatter.write_str("queue full"),
            Self::Unavailable => formatter.write_str("unavailable"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = match self.operation {
            Operation::Start => "start",
            other => other.verb(),
        };
        write!(formatter, "{operation}: {}", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_busy_answer_that_says_when_to_come_back_is_a_refusal() {
        assert!(Kind::of_answer(503, true).is_refusal());
        assert!(Kind::of_answer(507, true).is_refusal());
        assert!(!Kind::of_answer(503, false).is_refusal());
        assert!(!Kind::of_answer(500, true).is_refusal());
    }

    #[test]
    fn a_class_reads_as_a_sentence() {
        let failure = Failure {
            operation: Operation::Upload,
            kind: Kind::Refused(503),
        };
        assert_eq!(failure.to_string(), "upload: refused with 503");
    }
}
