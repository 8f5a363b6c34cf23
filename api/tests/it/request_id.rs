use thumbnailify_core::{RequestId, Traceparent};

use crate::harness::{PICTURE_BASE64, TestApi};

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Uploads with these headers, and returns the request id of the answer and that of the job with its trace.
async fn upload(headers: &[(&str, &str)]) -> (String, RequestId, Traceparent) {
    let api = TestApi::start().await;
    let mut request = api.post("image/png", PICTURE_BASE64);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let answered = answer.headers()["x-request-id"].to_str().unwrap();
    let trace = api.take_job().await.trace;
    (
        answered.to_owned(),
        trace.request_id.unwrap(),
        trace.traceparent.unwrap(),
    )
}

#[tokio::test]
async fn a_request_keeps_its_id_and_its_trace_as_far_as_the_job() {
    let headers = [("x-request-id", "client-7"), ("traceparent", TRACEPARENT)];
    let (answered, request_id, traceparent) = upload(&headers).await;
    assert_eq!(
        (answered.as_str(), request_id.as_str()),
        ("client-7", "client-7")
    );
    let caller: Traceparent = TRACEPARENT.parse().unwrap();
    assert_eq!(traceparent.trace_id(), caller.trace_id());
    assert_ne!(traceparent, caller, "the span is the caller's");
}

#[tokio::test]
async fn a_request_without_an_id_gets_that_of_its_trace() {
    let (answered, request_id, traceparent) = upload(&[]).await;
    assert_eq!(answered, request_id.as_str());
    assert_eq!(answered, traceparent.trace_id());
}

#[tokio::test]
async fn an_id_or_a_trace_that_is_not_valid_or_ambiguous_is_made_anew() {
    let long = "a".repeat(129);
    for id in ["two words", "", &long, "a\"b"] {
        let (answered, ..) = upload(&[("x-request-id", id)]).await;
        assert_eq!(answered.len(), 32, "{id}");
    }
    let (answered, ..) = upload(&[("x-request-id", "a"), ("x-request-id", "b")]).await;
    assert_eq!(answered.len(), 32);
    let twice = [("traceparent", TRACEPARENT), ("traceparent", TRACEPARENT)];
    let (.., traceparent) = upload(&twice).await;
    assert_ne!(traceparent.trace_id(), TRACEPARENT[3..35]);
}

#[tokio::test]
async fn every_answer_tells_the_id_of_its_request() {
    let api = TestApi::start().await;
    for path in ["/livez", "/nowhere", "/images/not-an-id"] {
        let answer = api.get(path).header("x-request-id", "q").send().await;
        assert_eq!(answer.unwrap().headers()["x-request-id"], "q", "{path}");
    }
}
