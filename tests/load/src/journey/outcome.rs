use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::Follow;
use super::status::{Found, read_status};
use super::steps::Steps;
use crate::http::ImageStatus;
use crate::tally::End;

/// The longest time for which one answer is held. Longer ones are asked for again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The pause after a read that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Follows an accepted upload until it is final.
///
/// # Errors
/// It is lost or stuck. A read that fails in between is counted and repeated.
pub(crate) async fn follow(steps: &Steps, id: &str) -> Result<ImageStatus, End> {
    let deadline = Instant::now() + steps.config.follow_for;
    loop {
        let now = Instant::now();
        let left = deadline.saturating_duration_since(now);
        let wait = match steps.config.follow {
            // The header has whole seconds.
            Follow::Wait => left.clamp(Duration::from_secs(1), LONGEST_WAIT),
            Follow::Poll => Duration::ZERO,
        };
        let pause = match read_status(steps, id, wait, now).await {
            Found::Final(status) => return Ok(*status),
            Found::Unknown => return Err(End::Lost(format!("{id} is not known any more"))),
            Found::Open => match steps.config.follow {
                Follow::Wait => Duration::ZERO,
                Follow::Poll => steps.config.poll,
            },
            Found::Nothing => PAUSE_AFTER_FAILURE,
        };
        if Instant::now() + pause >= deadline {
            let seconds = steps.config.follow_for.as_secs_f64();
            return Err(End::Stuck(format!("{id} has no outcome after {seconds} s")));
        }
        sleep_until((Instant::now() + pause).into()).await;
    }
}
