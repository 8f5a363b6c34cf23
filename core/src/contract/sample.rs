use std::time::Duration;

use uuid::Uuid;

use crate::{
    ClaimRequest, ClaimToken, Color, Cost, FaultKind, Fit, Frames, HandlerIdentity, Job, MediaId,
    MediaType, NewMedia, Original, OutputFormat, Quality, Side, Thumbnail, ThumbnailOptions, Trace,
    Traceparent, Upscale, Verdict,
};

/// A lease that no rule outlives.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// A lease that is over at once, or nearly so.
pub(super) const SHORT: Duration = Duration::from_millis(20);

pub(super) fn media_type() -> MediaType {
    "image/svg+xml".parse().unwrap()
}

pub(super) fn job() -> Job {
    Job {
        media_id: MediaId::random(),
        media_type: media_type(),
        bytes: 12_345,
        sha256: "5e".repeat(32),
        epoch: 1,
        options: options(),
        trace: trace(),
    }
}

fn trace() -> Trace {
    Trace {
        request_id: Some("request-1".parse().unwrap()),
        traceparent: Some(Traceparent::start()),
    }
}

/// Every option, each with a value that it does not have by itself.
fn options() -> ThumbnailOptions {
    ThumbnailOptions {
        width: Side::new(4_096),
        height: Side::new(1),
        fit: Some(Fit::Cover),
        upscale: Some(Upscale::ToTheBox),
        background: Some(Color::WHITE),
        format: Some(OutputFormat::Webp),
        quality: Quality::new(33),
        frames: Some(Frames::All),
    }
}

pub(super) fn new_media(media_id: MediaId) -> NewMedia {
    NewMedia {
        media_id,
        media_type: media_type(),
        original: Original {
            bytes: 12_345,
            sha256: "5e".repeat(32),
        },
        options: options(),
        message: "Processing \"image\", use `media_id` – wait".to_owned(),
        request: Uuid::new_v4(),
    }
}

pub(super) fn claim_request(token: ClaimToken) -> ClaimRequest {
    ClaimRequest {
        token,
        epoch: 1,
        lease: LONG,
        attempt_budget: 3,
        worker: "worker-1".to_owned(),
    }
}

pub(super) fn handler() -> HandlerIdentity {
    HandlerIdentity {
        name: "svg".to_owned(),
        version: "1.2.3".to_owned(),
        sha256: "c0".repeat(32),
    }
}

fn cost() -> Cost {
    Cost {
        cpu_us: 1_500,
        peak_memory_bytes: 3 << 20,
    }
}

pub(super) fn completed() -> Verdict {
    Verdict::Completed {
        message: "Done".to_owned(),
        thumbnail: Thumbnail {
            epoch: 1,
            attempt: 1,
            media_type: "image/png".parse().unwrap(),
            bytes: 4_321,
            width: 100,
            height: 67,
            sha256: "7a".repeat(32),
        },
        handler: handler(),
        cost: cost(),
    }
}

pub(super) fn error() -> Verdict {
    Verdict::Error {
        message: "The image ends early".to_owned(),
        code: 400,
        handler: Some(handler()),
        cost: Some(cost()),
        fault: Some(FaultKind::Panicked),
    }
}
