//! What ties the log lines and the spans of different processes to one request.

mod lenient;
mod request_id;
mod traceparent;

use serde::{Deserialize, Serialize};

pub use request_id::{InvalidRequestId, RequestId};
pub use traceparent::{InvalidTraceparent, Traceparent};

/// Which request something goes back to. It says nothing about what is to be done.
///
/// A part that cannot be read is none: no job is lost for what is there for the log alone.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The id of the request, as its client knows it.
    #[serde(
        default,
        deserialize_with = "lenient::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub request_id: Option<RequestId>,
    /// The span in which it was asked for.
    #[serde(
        default,
        deserialize_with = "lenient::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub traceparent: Option<Traceparent>,
}

impl Trace {
    /// The id of the trace, where it is not that of the request as well: a line of the log needs no text twice.
    #[must_use]
    pub fn other_trace_id(&self) -> Option<String> {
        let trace_id = self.traceparent?.trace_id();
        let request_id = self.request_id.as_ref().map(RequestId::as_str);
        (request_id != Some(trace_id.as_str())).then_some(trace_id)
    }

    /// Tells whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &str) {
        let trace: Trace = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&trace).unwrap(), expected, "{json}");
    }

    #[test]
    fn a_part_that_cannot_be_read_is_none() {
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let whole = format!(r#"{{"request_id":"a-1","traceparent":"{traceparent}"}}"#);
        check(&whole, &whole);
        let half = format!(r#"{{"request_id":"two\nlines","traceparent":"{traceparent}"}}"#);
        check(&half, &format!(r#"{{"traceparent":"{traceparent}"}}"#));
        check(r#"{"request_id":7,"traceparent":null,"later":[1]}"#, "{}");
        check("{}", "{}");
    }
}
