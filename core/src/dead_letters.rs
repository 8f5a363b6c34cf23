use std::fmt::Debug;

use async_trait::async_trait;

use crate::{DeadLetter, MediaId, Result};

/// Keeps the letters of jobs that were given up, one for each medium.
///
/// It is bounded in number and in time: the oldest letters are forgotten. Every call may be repeated after
/// `Unavailable`.
#[async_trait]
pub trait DeadLetters: Debug + Send + Sync {
    /// Keeps a letter, durably once the call returns. It takes the place of an earlier one of the same medium, so a
    /// repeat is harmless, and is the newest then.
    async fn put(&self, letter: &DeadLetter) -> Result<()>;

    /// The letter of a medium.
    async fn get(&self, id: MediaId) -> Result<Option<DeadLetter>>;

    /// The letters behind a place, the oldest first, up to a limit. A letter that cannot be read is passed over,
    /// so there may be fewer, or none, and still a next place.
    async fn list(&self, after: LetterPlace, limit: u16) -> Result<LetterPage>;

    /// Removes the letter of a medium, and tells whether there was one.
    async fn remove(&self, id: MediaId) -> Result<bool>;
}

/// A place among the letters: each has one of its own, and newer ones have greater ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct LetterPlace(pub u64);

impl LetterPlace {
    /// Before every letter.
    pub const START: Self = Self(0);
}

/// A part of the letters.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LetterPage {
    /// The letters, the oldest first.
    pub letters: Vec<DeadLetter>,
    /// Where the next page goes on, unless there is nothing more.
    pub next: Option<LetterPlace>,
}
