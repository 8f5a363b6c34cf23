use std::panic::resume_unwind;

use tracing::Instrument;

/// Runs work to its end even when the request that asked for it is dropped.
pub(crate) async fn outliving<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(work.in_current_span()).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The task is never aborted; only a runtime that shuts down ends it, and this one with it.
            Err(_) => std::future::pending().await,
        },
    }
}
