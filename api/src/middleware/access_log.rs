use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use thumbnailify_core::MediaId;

/// Carries the medium that a request is about from where it becomes known to the log.
#[derive(Clone, Default, Debug)]
pub(crate) struct Subject(Arc<OnceLock<MediaId>>);

impl Subject {
    /// Names the medium. Only the first name counts.
    pub(crate) fn name(&self, id: MediaId) {
        let _ = self.0.set(id);
    }
}

/// Logs one line per request. The route, not the path, so that equal requests have equal lines.
pub(crate) async fn access_log(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let subject = Subject::default();
    request.extensions_mut().insert(subject.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    tracing::info!(
        %method,
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        media.id = subject.0.get().map(tracing::field::display),
        "answered a request"
    );
    response
}
