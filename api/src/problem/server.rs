use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use serde_json::json;
use thumbnailify_core::{Error, MediaId, MediaType};

use super::Problem;
use crate::config::Config;

/// After which time an upload for a suspended handler may be worth a try. Far longer than for what passes
/// by itself: somebody has to look at the handler.
const SUSPENDED_RETRY_AFTER_S: u32 = 30;

/// Our own faults and shortages.
impl Problem {
    pub(crate) fn no_worker(config: &Config) -> Self {
        Self::try_again(
            "/problems/no-worker",
            "No worker was seen yet, so nothing can be taken",
            config,
        )
    }

    pub(crate) fn suspended(media_type: &MediaType) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "/problems/handler-suspended",
            "Handler suspended",
            format!("The handler of {media_type} is out of service for the moment"),
        )
        .with("media_type", json!(media_type))
        .with_header(RETRY_AFTER, SUSPENDED_RETRY_AFTER_S.into())
    }

    pub(crate) fn took_too_long(config: &Config) -> Self {
        Self::try_again(
            "/problems/took-too-long",
            "The answer took too long",
            config,
        )
    }

    pub(crate) fn internal() -> Self {
        Self::plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
            "Something went wrong on our side",
        )
    }

    /// Answers for an error behind a port, and logs it: its details are for us alone.
    pub(crate) fn from_port(error: &Error, id: Option<MediaId>, config: &Config) -> Self {
        let media_id = id.map(tracing::field::display);
        let source = error as &dyn std::error::Error;
        if error.is_transient() {
            tracing::warn!(
                media.id = media_id,
                error = source,
                "a request cannot be served for now"
            );
        } else {
            tracing::error!(media.id = media_id, error = source, "a request failed");
        }
        match error {
            Error::QueueFull => Self::try_again(
                "/problems/queue-full",
                "The queue is full; nothing was stored",
                config,
            ),
            Error::DiskFull => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "/problems/disk-full",
                "Disk full",
                "There is no room left; nothing was stored",
            )
            .retry_after(config),
            Error::Unavailable { .. } => Self::try_again(
                "/problems/unavailable",
                "A part of the system is out of reach",
                config,
            ),
            Error::AlreadyExists(_) | Error::Body(_) | Error::Broken { .. } => Self::internal(),
        }
    }

    fn try_again(kind: &'static str, detail: &str, config: &Config) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            kind,
            "Try again later",
            detail,
        )
        .retry_after(config)
    }
}
