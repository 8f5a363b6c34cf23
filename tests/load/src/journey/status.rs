use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use http_body_util::Full;

use super::steps::{Step, Steps};
use crate::http::{Answer, ImageStatus};
use crate::tally::{Kind, Operation};

/// What a read of a status has found.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is not final yet.
    Open,
    /// It is final.
    Final(Box<ImageStatus>),
    /// The server does not know the image.
    Unknown,
    /// Nothing, for now. It is counted.
    Nothing,
}

/// Reads a status, which the server holds for up to `wait` until it is final.
///
/// A read that does not wait is measured, from `since`.
pub(crate) async fn read_status(steps: &Steps, id: &str, wait: Duration, since: Instant) -> Found {
    let mut request = steps.request(Method::GET, &format!("/images/{id}"));
    if !wait.is_zero() {
        request = request.header("prefer", format!("wait={}", wait.as_secs().max(1)));
    }
    let mut step = Step::new(Operation::Status, Some(id));
    step.wait = wait;
    let request = request.body(Full::new(Bytes::new()));
    let Some(answer) = steps.send(step, request).await else {
        return Found::Nothing;
    };
    let found = found(&answer);
    match &found {
        Found::Nothing => steps.failed(Operation::Status, no_status(&answer)),
        _ if wait.is_zero() => steps.took(Operation::Status, since.elapsed()),
        _ => {}
    }
    found
}

/// The code of an answer is that of the status, so an Error is known by its body alone.
fn found(answer: &Answer) -> Found {
    let status = answer.status();
    match (answer.code, status) {
        (404, None) => Found::Unknown,
        (200 | 202, Some(status)) if status.state == "Processing" => Found::Open,
        (_, Some(status)) if status.state == "Completed" || status.state == "Error" => {
            Found::Final(Box::new(status))
        }
        _ => Found::Nothing,
    }
}

fn no_status(answer: &Answer) -> Kind {
    match answer.code {
        200 | 202 => Kind::Unreadable,
        _ => answer.kind(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn answer(code: u16, body: &'static str) -> Answer {
        Answer {
            code,
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    const PROBLEM: &str = r#"{"type": "about:blank", "title": "?", "status": 404, "message": "?"}"#;

    #[test]
    fn a_status_is_told_by_its_code_and_its_body() {
        let of = |code, body| found(&answer(code, body));
        let open = r#"{"media_id": "1", "state": "Processing"}"#;
        let completed = r#"{"media_id": "1", "state": "Completed"}"#;
        let error = r#"{"media_id": "1", "state": "Error"}"#;
        assert!(matches!(of(202, open), Found::Open));
        assert!(matches!(of(200, completed), Found::Final(_)));
        assert!(matches!(of(400, error), Found::Final(_)));
        assert!(matches!(of(404, PROBLEM), Found::Unknown));
        assert!(matches!(of(503, PROBLEM), Found::Nothing));
        assert!(matches!(of(200, "<html>"), Found::Nothing));
    }

    #[test]
    fn an_answer_without_a_status_is_classed() {
        assert_eq!(no_status(&answer(200, "<html>")), Kind::Unreadable);
        assert_eq!(no_status(&answer(503, PROBLEM)), Kind::NoRetryAfter(503));
    }
}
