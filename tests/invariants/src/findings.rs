use std::collections::BTreeMap;

use crate::Invariant;

/// How many violations of an invariant are kept in words.
const EXAMPLES: usize = 10;

/// What a check has found.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Findings {
    /// How many requests the log has.
    pub requests: u64,
    /// How many of them had no answer.
    pub unanswered: u64,
    /// How many were refused with `Retry-After`.
    pub refused: u64,
    /// How many uploads were answered with 202.
    pub accepted: u64,
    /// How many of those were Completed when they were last seen, and not deleted.
    pub completed: u64,
    /// How many were an Error.
    pub failed: u64,
    /// How many were deleted.
    pub deleted: u64,
    /// How many accepted images the system forgot.
    pub lost: u64,
    /// How many had no outcome in the end.
    pub stuck: u64,
    /// How many were there again after they were deleted.
    pub resurrected: u64,
    pub(crate) broken: BTreeMap<Invariant, Broken>,
}

/// How often an invariant was broken, and the first few cases.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Broken {
    pub(crate) count: u64,
    pub(crate) examples: Vec<Violation>,
}

/// A case in which an invariant was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The medium, where it is about one.
    pub media_id: Option<String>,
    /// What was seen.
    pub detail: String,
}

impl Findings {
    /// Whether every promise was kept.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.broken.is_empty()
    }

    /// How often an invariant was broken.
    #[must_use]
    pub fn broken(&self, invariant: Invariant) -> u64 {
        self.of(invariant).map_or(0, |broken| broken.count)
    }

    /// The first few cases in which it was.
    #[must_use]
    pub fn examples(&self, invariant: Invariant) -> &[Violation] {
        self.of(invariant)
            .map_or(&[], |broken| broken.examples.as_slice())
    }

    /// Adds a violation that is about one medium.
    pub(crate) fn add(&mut self, invariant: Invariant, media_id: &str, detail: impl Into<String>) {
        self.add_violation(invariant, Some(media_id.to_owned()), detail.into());
    }

    /// Adds what should not be left, as [`crate::Remains::flaws`] tells it.
    pub fn add_remains(&mut self, flaws: Vec<String>) {
        for flaw in flaws {
            self.add_violation(Invariant::NothingLeft, None, flaw);
        }
    }

    pub(crate) fn add_violation(
        &mut self,
        invariant: Invariant,
        media_id: Option<String>,
        detail: String,
    ) {
        let broken = self.broken.entry(invariant).or_default();
        broken.count += 1;
        if broken.examples.len() < EXAMPLES {
            broken.examples.push(Violation { media_id, detail });
        }
    }

    fn of(&self, invariant: Invariant) -> Option<&Broken> {
        self.broken.get(&invariant)
    }
}
