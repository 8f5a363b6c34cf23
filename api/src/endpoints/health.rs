use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thumbnailify_core::{Announcement, Result};
use tokio::time::timeout;

use super::out_of_service::OutOfService;
use crate::catalog::media_types;
use crate::state::Api;

/// How long a part of the system may take to say that it works.
const PATIENCE: Duration = Duration::from_secs(1);

/// `GET /livez`: the process answers. It asks nothing else, so that an outage behind it restarts nothing.
pub(crate) async fn livez() -> Json<Liveness> {
    Json(Liveness { live: true })
}

/// `GET /readyz`: whether an upload would be taken now, part by part, and which handlers are not in service.
pub(crate) async fn readyz(State(api): State<Api>) -> Response {
    let ports = &api.ports;
    let (queue, status, media, (catalog, handlers)) = tokio::join!(
        check("queue", ports.queue.check()),
        check("status", ports.status.check()),
        check("media", ports.media.check()),
        check_handlers(&api),
    );
    let server = check_server(&api);
    let ready = [&queue, &status, &media, &catalog, &server]
        .iter()
        .all(|check| check.ok);
    let code = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let checks = Checks {
        queue,
        status,
        media,
        catalog,
        server,
    };
    let readiness = Readiness {
        ready,
        checks,
        handlers,
    };
    (code, Json(readiness)).into_response()
}

#[derive(Debug, Serialize)]
pub(crate) struct Liveness {
    live: bool,
}

#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    checks: Checks,
    /// Missing where the catalog is.
    #[serde(skip_serializing_if = "Option::is_none")]
    handlers: Option<Vec<OutOfService>>,
}

#[derive(Debug, Serialize)]
struct Checks {
    queue: Check,
    status: Check,
    media: Check,
    catalog: Check,
    server: Check,
}

#[derive(Debug, Serialize)]
struct Check {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
}

impl Check {
    fn passed() -> Self {
        Self {
            ok: true,
            problem: None,
        }
    }

    fn failed(problem: &'static str) -> Self {
        Self {
            ok: false,
            problem: Some(problem),
        }
    }
}

/// Checks that this process stays.
fn check_server(api: &Api) -> Check {
    if api.leaving.is_cancelled() {
        Check::failed("it was told to stop")
    } else {
        Check::passed()
    }
}

async fn check(part: &'static str, answer: impl Future<Output = Result<()>>) -> Check {
    match ask(part, answer).await {
        Ok(()) => Check::passed(),
        Err(failed) => failed,
    }
}

/// Checks that some handler takes jobs, and lists those that do not and should.
async fn check_handlers(api: &Api) -> (Check, Option<Vec<OutOfService>>) {
    match ask("catalog", api.ports.catalog.announced()).await {
        Ok(announcements) => {
            let out_of_service = OutOfService::among(&announcements);
            (check_announced(&announcements), Some(out_of_service))
        }
        Err(failed) => (failed, None),
    }
}

/// Without a handler in service no media type is known, and every upload is turned away.
fn check_announced(announcements: &[Announcement]) -> Check {
    if announcements.is_empty() {
        Check::failed("no worker was seen yet")
    } else if media_types(announcements).is_empty() {
        Check::failed("no handler is in service")
    } else {
        Check::passed()
    }
}

async fn ask<T>(part: &str, answer: impl Future<Output = Result<T>>) -> Result<T, Check> {
    match timeout(PATIENCE, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::warn!(part, error = &error as &dyn std::error::Error, "not ready");
            // What exactly is wrong is for the log alone: anybody may ask.
            Err(Check::failed(if error.is_transient() {
                "unavailable"
            } else {
                "broken"
            }))
        }
        Err(_) => {
            tracing::warn!(part, "not ready: no answer");
            Err(Check::failed("no answer within a second"))
        }
    }
}
