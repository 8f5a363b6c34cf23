//! Ties what a request leads to, here and in other processes, to the request.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use thumbnailify_core::{RequestId, Trace, Traceparent};
use tracing::Span;

/// The id of a request, as its client or a proxy before us gave it, and as the answer tells it.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Which request this is. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct RequestTrace {
    trace: Arc<Trace>,
    /// The id as it stands in the answer.
    header: HeaderValue,
}

impl RequestTrace {
    /// Takes the id of a request where it has a valid one, and its trace to go on with. Else both begin here, and
    /// the id is that of the trace.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let caller = single(headers, &TRACEPARENT).and_then(|text| text.parse().ok());
        let span = caller.map_or_else(Traceparent::start, Traceparent::child);
        let given: Option<RequestId> =
            single(headers, &REQUEST_ID).and_then(|text| text.parse().ok());
        let request_id = given.or_else(|| span.trace_id().parse().ok());
        let text = request_id.as_ref().map_or("", RequestId::as_str);
        Self {
            header: HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("")),
            trace: Arc::new(Trace {
                request_id,
                traceparent: Some(span),
            }),
        }
    }

    /// What a job of this request carries.
    pub(crate) fn for_job(&self) -> Trace {
        Trace::clone(&self.trace)
    }

    /// The value of `X-Request-Id` in the answer.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The span that every line of the log about this request stands in. Of the highest level, so that it is there
    /// whatever is logged.
    pub(crate) fn span(&self) -> Span {
        tracing::error_span!(
            "request",
            request_id = self.trace.request_id.as_ref().map(RequestId::as_str),
            trace_id = self.trace.other_trace_id(),
            media.id = tracing::field::Empty,
        )
    }
}

/// A header that is there once. Of two nobody knows which one is meant.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
