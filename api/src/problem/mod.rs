//! What the API answers when it cannot do what it was asked for.

mod client;
mod server;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::Config;

/// An error as clients see it (RFC 9457), with the key `message` that there was before that standard.
///
/// Every problem that the API can answer has a constructor in one of the files beside this one.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug, Serialize)]
struct Parts {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    detail: String,
    message: String,
    #[serde(flatten)]
    extensions: Map<String, Value>,
    #[serde(skip)]
    headers: HeaderMap,
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

/// How a problem is put together.
impl Problem {
    fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        let detail = detail.into();
        Self(Box::new(Parts {
            kind,
            title,
            status,
            message: detail.clone(),
            detail,
            extensions: Map::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// A problem that its status code tells whole.
    fn plain(status: StatusCode, title: &'static str, detail: &str) -> Self {
        Self::new(status, "about:blank", title, detail)
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.0.extensions.insert(key.to_owned(), value);
        self
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    pub(crate) fn retry_after(self, config: &Config) -> Self {
        self.with_header(RETRY_AFTER, config.retry_after_s.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(parts) = self;
        // Serialising strings and numbers into memory cannot fail.
        let body = serde_json::to_vec(&parts).unwrap_or_default();
        let mut response = (parts.status, parts.headers, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use thumbnailify_core::Error;

    use super::*;

    #[test]
    fn a_problem_has_the_keys_of_the_standard_and_message() {
        let Problem(parts) = Problem::too_large(&Config {
            max_upload_bytes: 7,
            ..Config::default()
        });
        let expected = json!({
            "type": "/problems/too-large",
            "title": "Upload too large",
            "status": 413,
            "detail": "An upload has at most 7 bytes",
            "message": "An upload has at most 7 bytes",
            "max_bytes": 7,
        });
        assert_eq!(serde_json::to_value(&parts).unwrap(), expected);
    }

    #[test]
    fn an_inner_error_stays_inside() {
        let error = Error::broken("redis", "secret key");
        let Problem(parts) = Problem::from_port(&error, None, &Config::default());
        assert_eq!(parts.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!serde_json::to_string(&parts).unwrap().contains("secret"));
    }
}
