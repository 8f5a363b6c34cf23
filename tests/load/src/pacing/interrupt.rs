use std::sync::Arc;

use tokio::sync::watch;

/// Tells the loops to start no more journeys. Those that run are followed to their end.
#[derive(Clone, Debug)]
pub struct Interrupt {
    raised: Arc<watch::Sender<bool>>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self {
            raised: Arc::new(watch::Sender::new(false)),
        }
    }
}

impl Interrupt {
    /// Raises it, for good.
    pub fn raise(&self) {
        self.raised.send_replace(true);
    }

    /// Tells whether it was raised.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        *self.raised.borrow()
    }

    /// Waits until it is raised.
    pub(super) async fn raised(&self) {
        let mut receiver = self.raised.subscribe();
        if receiver.wait_for(|raised| *raised).await.is_err() {
            // Unreachable while `self` holds the sender.
            std::future::pending().await
        }
    }

    /// Raises it at the first Ctrl-C, and ends the process at the second.
    pub fn listen(&self) {
        let interrupt = self.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                interrupt.raise();
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        });
    }
}
