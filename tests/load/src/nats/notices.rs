use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use thumbnailify_core::MediaId;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

/// Passes the news of changes on to the journeys that they concern, with the times at which they came.
///
/// News may be lost, so a journey looks for itself now and then.
#[derive(Debug)]
pub(super) struct Notices {
    listeners: Listeners,
    passing_on: JoinHandle<()>,
}

type Listeners = Arc<Mutex<HashMap<MediaId, UnboundedSender<Instant>>>>;

impl Notices {
    pub(super) fn of(changes: Receiver<MediaId>) -> Self {
        let listeners = Listeners::default();
        let passing_on = tokio::spawn(pass_on(changes, Arc::clone(&listeners)));
        Self {
            listeners,
            passing_on,
        }
    }

    /// The news of a medium from now on, until [`Self::forget`].
    pub(super) fn about(&self, id: MediaId) -> UnboundedReceiver<Instant> {
        let (sender, receiver) = mpsc::unbounded_channel();
        locked(&self.listeners).insert(id, sender);
        receiver
    }

    pub(super) fn forget(&self, id: MediaId) {
        locked(&self.listeners).remove(&id);
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.passing_on.abort();
    }
}

async fn pass_on(mut changes: Receiver<MediaId>, listeners: Listeners) {
    loop {
        match changes.recv().await {
            Ok(id) => {
                let now = Instant::now();
                if let Some(listener) = locked(&listeners).get(&id) {
                    // A journey that has ended wants no news.
                    listener.send(now).ok();
                }
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn locked(
    listeners: &Listeners,
) -> std::sync::MutexGuard<'_, HashMap<MediaId, UnboundedSender<Instant>>> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}
