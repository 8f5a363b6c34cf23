use serde::{Deserialize, Serialize};

/// How a run of a handler went wrong, told apart in the status, the log and the metrics.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// It took longer than its deadline.
    TimedOut,
    /// It asked for more memory than its budget.
    OutOfMemory,
    /// It ended itself with a message.
    Panicked,
    /// It did something that WebAssembly forbids.
    Trapped,
    /// Its calls were nested too deeply.
    StackOverflow,
    /// It answered with more bytes than its budget.
    AnswerTooLarge,
    /// It answered with more frames than its budget.
    TooManyFrames,
    /// It called for the upload's bytes more often than its budget.
    TooManyReads,
    /// It read more of the upload's bytes than its budget.
    TooMuchRead,
    /// The picture has more pixels than its budget.
    SourceTooLarge,
    /// Its answer broke the rules of the interface.
    BadAnswer,
    /// It was not run: it crashed on the same upload before.
    Quarantined,
}

impl FaultKind {
    /// All kinds there are.
    pub const ALL: [Self; 12] = [
        Self::TimedOut,
        Self::OutOfMemory,
        Self::Panicked,
        Self::Trapped,
        Self::StackOverflow,
        Self::AnswerTooLarge,
        Self::TooManyFrames,
        Self::TooManyReads,
        Self::TooMuchRead,
        Self::SourceTooLarge,
        Self::BadAnswer,
        Self::Quarantined,
    ];

    /// Whether the handler fell over or hung, as it may not do whatever it is given.
    #[must_use]
    pub fn is_crash(self) -> bool {
        matches!(
            self,
            Self::TimedOut | Self::Panicked | Self::Trapped | Self::StackOverflow
        )
    }

    /// The name, as it stands in the status and in the metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed-out",
            Self::OutOfMemory => "out-of-memory",
            Self::Panicked => "panicked",
            Self::Trapped => "trapped",
            Self::StackOverflow => "stack-overflow",
            Self::AnswerTooLarge => "answer-too-large",
            Self::TooManyFrames => "too-many-frames",
            Self::TooManyReads => "too-many-reads",
            Self::TooMuchRead => "too-much-read",
            Self::SourceTooLarge => "source-too-large",
            Self::BadAnswer => "bad-answer",
            Self::Quarantined => "quarantined",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_one_in_json() {
        for kind in FaultKind::ALL {
            let json = serde_json::to_value(kind).unwrap();
            assert_eq!(json, kind.as_str());
        }
    }

    #[test]
    fn all_kinds_are_those_that_can_be_read() {
        let refusal = serde_json::from_str::<FaultKind>("\"no such kind\"").unwrap_err();
        let names = FaultKind::ALL.map(|kind| format!("`{}`", kind.as_str()));
        let expected = format!("expected one of {} at", names.join(", "));
        assert!(refusal.to_string().contains(&expected), "{refusal}");
    }
}
