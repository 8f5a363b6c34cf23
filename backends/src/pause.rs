use std::time::Duration;

/// Waits between two tries at something that another program must bring about.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when a server is back"
)]
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
