use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// In seconds: from an answer out of memory to a client that waits for its thumbnail.
const DURATION_BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// The route of a request that no route takes.
const NO_ROUTE: &str = "none";

/// Counts the requests that were answered. There are as many series as routes, methods and codes.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    answered: Family<Answer, Counter>,
    durations: Family<Question, Histogram, fn() -> Histogram>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Question {
    method: &'static str,
    route: String,
}

impl Requests {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let requests = Self {
            answered: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATION_BUCKETS)),
        };
        let help = "Requests that were answered";
        registry.register("http_requests", help, requests.answered.clone());
        let help = "From the head of a request to the head of its answer";
        let name = "http_request_duration_seconds";
        registry.register(name, help, requests.durations.clone());
        requests
    }

    /// Counts one. The route is the template that the router has, so that ids do not make new series.
    pub(crate) fn count(
        &self,
        method: &Method,
        route: Option<&MatchedPath>,
        status: StatusCode,
        duration: Duration,
    ) {
        let method = method_label(method);
        let route = route.map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
        let question = Question { method, route };
        let seconds = duration.as_secs_f64();
        self.durations.get_or_create(&question).observe(seconds);
        let answer = Answer {
            method,
            route: question.route,
            status: status.as_u16(),
        };
        self.answered.get_or_create(&answer).inc();
    }
}

/// Anybody may make up a method.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
