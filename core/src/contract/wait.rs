use std::time::Duration;

use tokio::time::{sleep, timeout};

/// How long anything may take that must happen at all.
const DEADLINE: Duration = Duration::from_secs(20);

/// Waits for a future that must end.
pub(super) async fn ends<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(DEADLINE, future).await {
        Ok(answer) => answer,
        Err(_) => panic!("{what}: not within {DEADLINE:?}"),
    }
}

/// Asks again and again until there is an answer.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the wait on a condition with a deadline"
)]
pub(super) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            match ask().await {
                Some(answer) => return answer,
                None => sleep(Duration::from_millis(5)).await,
            }
        }
    };
    ends(what, asking).await
}

/// Watches a future that must not end for a while, and drops it then.
pub(super) async fn never<T>(what: &str, during: Duration, future: impl Future<Output = T>) {
    assert!(timeout(during, future).await.is_err(), "{what}");
}
