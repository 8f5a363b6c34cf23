use std::time::{Duration, Instant};

use super::delete::Deleted;
use super::steps::Rows;
use super::{Steps, delete, fetch_thumbnail, follow, read_status, upload};
use crate::http::ImageStatus;
use crate::pacing::Arrival;
use crate::pictures::Sample;
use crate::tally::{End, Measure, Operation};

/// Uploads a picture, waits for its outcome, fetches and checks its thumbnail, and deletes it.
pub(crate) async fn whole_journey(steps: &Steps, sample: &Sample, arrival: Arrival) {
    let Some(id) = upload(steps, sample, arrival.planned).await else {
        return;
    };
    for _ in 0..steps.config.reads {
        read_status(steps, &id, Duration::ZERO, Instant::now()).await;
    }
    let end = outcome(steps, sample, arrival, &id).await;
    let deleted = delete(steps, &id).await;
    let vanished = deleted == Deleted::Unknown;
    steps.ended(match end {
        Some(End::Completed) | None if vanished => {
            End::Lost(format!("{id} was gone before it was deleted"))
        }
        // The thumbnail could not be fetched, which is counted: no promise about the upload is broken.
        None => return,
        Some(end) => end,
    });
}

/// `None` when the thumbnail could not be fetched.
async fn outcome(steps: &Steps, sample: &Sample, arrival: Arrival, id: &str) -> Option<End> {
    let status = match follow(steps, id).await {
        Ok(status) => status,
        Err(end) => return Some(end),
    };
    took(steps, Operation::Completed, sample, arrival);
    if let Some(end) = unlike(sample, &status) {
        return Some(end);
    }
    let end = fetch_thumbnail(steps, sample, &status).await;
    if end == Some(End::Completed) {
        took(steps, Operation::Whole, sample, arrival);
    }
    end
}

/// A time from the planned start, for all pictures and for those of this kind.
fn took(steps: &Steps, operation: Operation, sample: &Sample, arrival: Arrival) {
    let time = arrival.planned.elapsed();
    let mut tally = steps.tally.lock();
    tally.took(operation, time);
    if steps.rows == Rows::ByPicture && operation == Operation::Whole {
        let of = Some(sample.name.clone());
        tally.took(Measure { operation, of }, time);
    }
}

/// What is wrong with the outcome of a good picture.
fn unlike(sample: &Sample, status: &ImageStatus) -> Option<End> {
    (status.state != "Completed").then(|| {
        let (id, message) = (&status.media_id, &status.message);
        End::Wrong(format!("{id} of {}: {message}", sample.name))
    })
}
