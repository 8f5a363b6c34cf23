use std::time::{Duration, Instant};

use super::{Steps, delete, fetch_thumbnail, follow, read_status, thumbnail_answer, upload};
use crate::pacing::Arrival;
use crate::pictures::Sample;

/// A journey in a system of which parts go away and come back. They take turns: images that are kept, that are deleted
/// once they are completed, and that are deleted at once, whatever is done with them at that moment.
///
/// A request without an answer ends no journey that can go on. What was seen is for the log; nothing is judged here.
pub(crate) async fn eventful_journey(steps: &Steps, sample: &Sample, arrival: Arrival) {
    let Some(id) = upload(steps, sample, arrival.planned).await else {
        return;
    };
    match arrival.index % 4 {
        0 | 1 => see_out(steps, sample, &id).await,
        2 => {
            see_out(steps, sample, &id).await;
            delete_and_look(steps, &id).await;
        }
        _ => delete_and_look(steps, &id).await,
    }
}

async fn see_out(steps: &Steps, sample: &Sample, id: &str) {
    let Ok(status) = follow(steps, id).await else {
        return;
    };
    if status.state == "Completed" && fetch_thumbnail(steps, sample, &status).await.is_some() {
        steps.tally.lock().ends.completed += 1;
    }
}

async fn delete_and_look(steps: &Steps, id: &str) {
    let _deleted = delete(steps, id).await;
    read_status(steps, id, Duration::ZERO, Instant::now()).await;
    let _thumbnail = thumbnail_answer(steps, id).await;
}
