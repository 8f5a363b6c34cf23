use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{InvalidValue, MediaId, State, Status};

/// Which media a page of a list is to have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListRequest {
    /// Of this state alone, or of any.
    pub state: Option<State>,
    /// Behind this place, or from the newest on.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: PageLimit,
}

/// A part of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Page {
    /// The media of the page, the newest first.
    pub statuses: Vec<Status>,
    /// Where the next page goes on, unless the list ends here.
    pub next: Option<Cursor>,
}

/// The place of a medium in every list, from which a page can go on whether the medium still is there.
///
/// Places are ordered by time, and within a millisecond by id. Lists go from the greatest to the least.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cursor {
    /// When the upload was accepted, in milliseconds since 1970 (UTC).
    pub created_at_ms: u64,
    /// The medium.
    pub media_id: MediaId,
}

impl Cursor {
    /// The place of a medium, which it has for life.
    #[must_use]
    pub fn of(status: &Status) -> Self {
        Self {
            created_at_ms: status.created_at_ms,
            media_id: status.media_id,
        }
    }
}

/// How many media a page has at most, 1 to 1,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PageLimit(u16);

impl PageLimit {
    /// This many; `None` outside of the range.
    #[must_use]
    pub const fn new(media: u16) -> Option<Self> {
        match media {
            1..=1_000 => Some(Self(media)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u32> for PageLimit {
    type Error = InvalidValue;

    fn try_from(media: u32) -> Result<Self, InvalidValue> {
        let limit = u16::try_from(media).ok().and_then(Self::new);
        limit.ok_or_else(|| {
            InvalidValue::new(
                &media.to_string(),
                "a whole number of images from 1 to 1000",
            )
        })
    }
}

impl From<PageLimit> for u32 {
    fn from(limit: PageLimit) -> Self {
        limit.0.into()
    }
}

impl fmt::Display for PageLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_by_time_and_then_by_id() {
        let place = |created_at_ms, byte| Cursor {
            created_at_ms,
            media_id: MediaId::from_bytes([byte; 16]),
        };
        let ordered = [place(9, 0xff), place(10, 0), place(10, 0x80), place(11, 0)];
        assert!(ordered.is_sorted());
    }

    #[test]
    fn a_limit_is_within_its_range() {
        for (media, fits) in [(0, false), (1, true), (1_000, true), (1_001, false)] {
            assert_eq!(PageLimit::new(media).is_some(), fits, "{media}");
            assert_eq!(PageLimit::try_from(u32::from(media)).is_ok(), fits);
        }
        assert!(PageLimit::try_from(u32::from(u16::MAX) + 2).is_err());
    }
}
