use std::time::{Duration, Instant, SystemTime};

use crate::Patience;

/// Tells the two times that the database knows.
///
/// Leases and delays go by time since the file was opened, which no clock change can move; they do not
/// outlive the process. The time of day is for people.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    opened_at: Instant,
    patience: Patience,
}

/// One moment by both clocks, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// Since the database was opened.
    pub(super) elapsed_ms: i64,
    /// Since 1970 (UTC).
    pub(super) unix_ms: u64,
    pub(super) patience: Patience,
}

impl Clock {
    pub(super) fn start(patience: Patience) -> Self {
        Self {
            opened_at: Instant::now(),
            patience,
        }
    }

    pub(super) fn now(&self) -> Now {
        Now {
            elapsed_ms: to_ms(self.opened_at.elapsed()),
            unix_ms: unix_ms(),
            patience: self.patience,
        }
    }
}

impl Now {
    /// When a medium is due whose job became current now.
    pub(super) fn due_if_unpublished(self) -> i64 {
        self.after(self.patience.unpublished)
    }

    /// When a medium is due whose job was published or given back now.
    pub(super) fn due_if_unclaimed(self) -> i64 {
        self.after(self.patience.unclaimed)
    }

    /// The time, since the database was opened, when a span from now on is over.
    pub(super) fn after(self, span: Duration) -> i64 {
        self.elapsed_ms.saturating_add(to_ms(span))
    }

    /// How long it is since a time since the database was opened.
    pub(super) fn since(self, elapsed_ms: i64) -> Duration {
        let passed_ms = self.elapsed_ms.saturating_sub(elapsed_ms);
        Duration::from_millis(u64::try_from(passed_ms).unwrap_or(0))
    }

    /// How long it is until a time since the database was opened.
    pub(super) fn until(self, elapsed_ms: i64) -> Duration {
        let remaining_ms = elapsed_ms.saturating_sub(self.elapsed_ms);
        Duration::from_millis(u64::try_from(remaining_ms).unwrap_or(0))
    }
}

fn to_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn unix_ms() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
