use std::time::Duration;

use crate::{State, Status};

/// Until when the upload of a medium stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OriginalStays {
    /// There is no outcome yet.
    UntilOutcome,
    /// Until this time in milliseconds since 1970 (UTC): the medium can be tried again.
    Until(u64),
    /// It has served its purpose.
    NoLonger,
}

impl Status {
    /// Decides how long the upload stays, where it stays for `after_error` after an Error, whatever is wrong with
    /// it. With zero it goes at once.
    #[must_use]
    pub fn original_stays(&self, after_error: Duration) -> OriginalStays {
        match self.state {
            State::Processing => OriginalStays::UntilOutcome,
            State::Completed => OriginalStays::NoLonger,
            State::Error if after_error.is_zero() => OriginalStays::NoLonger,
            State::Error => {
                let stays_ms = u64::try_from(after_error.as_millis()).unwrap_or(u64::MAX);
                OriginalStays::Until(self.updated_at_ms.saturating_add(stays_ms))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MediaId, Original, Phase, Service, ThumbnailOptions};

    fn status(state: State) -> Status {
        Status {
            media_id: MediaId::from_bytes([7; 16]),
            media_type: "image/png".parse().unwrap(),
            service: Service::Worker,
            state,
            phase: Phase::Done,
            message: String::new(),
            code: 400,
            version: 3,
            epoch: 1,
            attempts: 1,
            handler_faults: 0,
            created_at_ms: 1_000,
            updated_at_ms: 5_000,
            original: Original {
                bytes: 7,
                sha256: String::new(),
            },
            options: ThumbnailOptions::default(),
            thumbnail: None,
            handler: None,
            cost: None,
            fault: None,
            history: Vec::new(),
        }
    }

    #[test]
    fn an_upload_stays_for_a_while_after_an_error_alone() {
        let day = Duration::from_secs(86_400);
        for (state, after_error, expected) in [
            (State::Processing, day, OriginalStays::UntilOutcome),
            (
                State::Processing,
                Duration::ZERO,
                OriginalStays::UntilOutcome,
            ),
            (State::Completed, day, OriginalStays::NoLonger),
            (State::Error, day, OriginalStays::Until(86_405_000)),
            (State::Error, Duration::MAX, OriginalStays::Until(u64::MAX)),
            (State::Error, Duration::ZERO, OriginalStays::NoLonger),
        ] {
            assert_eq!(status(state).original_stays(after_error), expected);
        }
    }
}
