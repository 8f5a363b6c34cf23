use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Remembers that the queue was full a moment ago, so that uploads are refused before their bodies are read.
///
/// Once the moment is over, the next upload tries.
#[derive(Debug, Default)]
pub(crate) struct FullQueue {
    until: Mutex<Option<Instant>>,
}

impl FullQueue {
    pub(super) fn note(&self, moment: Duration) {
        self.set(Some(Instant::now() + moment));
    }

    pub(super) fn clear(&self) {
        self.set(None);
    }

    pub(super) fn is_known(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn set(&self, until: Option<Instant>) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_is_known_for_a_moment() {
        let (full, second) = (FullQueue::default(), Duration::from_secs(1));
        assert!(!full.is_known());
        full.note(second);
        assert!(full.is_known());
        tokio::time::advance(second).await;
        assert!(!full.is_known());
        full.note(second);
        full.clear();
        assert!(!full.is_known());
    }
}
