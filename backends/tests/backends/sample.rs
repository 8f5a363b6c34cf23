use std::time::Duration;

use thumbnailify_core::{
    ClaimRequest, ClaimToken, DeadLetter, FaultKind, HandlerIdentity, Job, MediaId, MediaType,
    NewMedia, Original, Side, ThumbnailOptions, Trace,
};
use tokio::time::timeout;

pub(crate) fn png() -> MediaType {
    "image/png".parse().unwrap()
}

/// Options that are not the ones that nobody asks for.
fn options() -> ThumbnailOptions {
    ThumbnailOptions {
        width: Side::new(300),
        ..ThumbnailOptions::default()
    }
}

pub(crate) fn job() -> Job {
    Job {
        media_id: MediaId::random(),
        media_type: png(),
        bytes: 7,
        sha256: "00".repeat(32),
        epoch: 1,
        options: options(),
        trace: Trace::default(),
    }
}

pub(crate) fn new_media(media_id: MediaId) -> NewMedia {
    NewMedia {
        media_id,
        media_type: png(),
        original: Original {
            bytes: 7,
            sha256: "00".repeat(32),
        },
        options: options(),
        message: "Processing image".to_owned(),
        request: *ClaimToken::random().as_uuid(),
    }
}

/// A claim with a lease that no test outlives.
pub(crate) fn claim_request() -> ClaimRequest {
    ClaimRequest {
        token: ClaimToken::random(),
        epoch: 1,
        lease: Duration::from_secs(600),
        attempt_budget: 3,
        worker: "worker-1".to_owned(),
    }
}

/// A letter of a job that a handler ended, from a worker with an odd name.
pub(crate) fn dead_letter() -> DeadLetter {
    DeadLetter {
        job: job(),
        attempts: 5,
        reason: "gave up after 5 attempts".to_owned(),
        fault: Some(FaultKind::TimedOut),
        handler: Some(HandlerIdentity {
            name: "png".to_owned(),
            version: "1.2.3".to_owned(),
            sha256: "c0".repeat(32),
        }),
        worker: "worker\n1".to_owned(),
        at_ms: 1_732_700_000_000,
        history: Vec::new(),
    }
}

/// Waits for what must happen, but not for ever.
pub(crate) async fn ends<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), future)
        .await
        .expect("it takes too long")
}
