use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use thumbnailify_core::{Error, MediaId, MediaType, State};

use crate::config::Config;
use crate::upload::Fault;

/// An error as clients see it (RFC 9457), with the key `message` that there was before that standard.
///
/// Every problem that the API can answer has a constructor here.
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

/// Requests that cannot be taken as they are.
impl Problem {
    pub(crate) fn missing_content_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "/problems/missing-content-type",
            "Missing media type",
            "Missing header Content-Type",
        )
    }

    pub(crate) fn unsupported_media_type(given: &str, supported: &[&MediaType]) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "/problems/unsupported-media-type",
            "Unsupported media type",
            format!("No handler takes {given}; `supported` lists the media types that are taken"),
        )
        .with("supported", json!(supported))
    }

    pub(crate) fn unknown_transfer_encoding() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "/problems/unknown-transfer-encoding",
            "Unknown transfer encoding",
            "Content-Transfer-Encoding must be base64 (the default) or binary",
        )
    }

    pub(crate) fn unsupported_content_encoding() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "/problems/unsupported-content-encoding",
            "Unsupported content encoding",
            "The body must be sent without Content-Encoding",
        )
        .with_header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    }

    pub(crate) fn too_large(config: &Config) -> Self {
        let max_bytes = config.max_upload_bytes;
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "/problems/too-large",
            "Upload too large",
            format!("An upload has at most {max_bytes} bytes"),
        )
        .with("max_bytes", json!(max_bytes))
    }

    /// Says what is wrong with an upload's body.
    pub(crate) fn from_fault(fault: &Fault, config: &Config) -> Self {
        let bad =
            |kind, title, detail: &str| Self::new(StatusCode::BAD_REQUEST, kind, title, detail);
        match fault {
            Fault::NotBase64 => bad(
                "/problems/not-base64",
                "Body is not base64",
                "Unable to base64 decode. Invalid base64-encoded image body",
            ),
            Fault::TooLarge => Self::too_large(config),
            Fault::Empty => bad(
                "/problems/empty",
                "Body is empty",
                "The body is empty; send the image as base64 text, or as it is with \
                 Content-Transfer-Encoding: binary",
            ),
            Fault::Late => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "/problems/too-slow",
                "Body too slow",
                "The body did not come in time",
            ),
            Fault::CutOff => bad(
                "/problems/cut-off",
                "Body cut off",
                "The body ended before its announced end",
            ),
        }
    }
}

/// Things that are not there.
impl Problem {
    pub(crate) fn no_such_route() -> Self {
        Self::plain(
            StatusCode::NOT_FOUND,
            "Not Found",
            "There is nothing at this path",
        )
    }

    pub(crate) fn no_such_method() -> Self {
        Self::plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method Not Allowed",
            "This path does not take this method; the header Allow lists those that it takes",
        )
    }

    pub(crate) fn no_such_image() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "/problems/unknown-image",
            "Unknown image",
            "There is no image with this id",
        )
    }

    pub(crate) fn no_thumbnail(state: State, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "/problems/no-thumbnail",
            "No thumbnail",
            detail,
        )
        .with("state", json!(state))
    }
}

/// Our own faults and shortages.
impl Problem {
    pub(crate) fn no_worker(config: &Config) -> Self {
        Self::try_again(
            "/problems/no-worker",
            "No worker was seen yet, so nothing can be taken",
            config,
        )
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
