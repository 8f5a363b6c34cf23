use axum::http::header::ACCEPT_ENCODING;
use axum::http::{HeaderValue, StatusCode};
use serde_json::json;
use thumbnailify_core::{FaultKind, InvalidOption, MediaType, State};

use super::Problem;
use crate::config::Config;
use crate::upload::Fault;

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

    pub(crate) fn repeated_content_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "/problems/repeated-content-type",
            "Repeated media type",
            "There is more than one header Content-Type",
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

    pub(crate) fn bad_option(option: &InvalidOption) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "/problems/bad-option",
            "Bad option",
            format!("The query cannot be used: {option}"),
        )
        .with("field", json!(option.field))
        .with("given", json!(option.given))
        .with("allowed", json!(option.allowed))
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

    pub(crate) fn not_failed(state: State) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "/problems/not-failed",
            "Nothing to retry",
            format!(
                "Only an image in state Error can be tried again; this one is in state {}",
                state.as_str()
            ),
        )
        .with("state", json!(state))
    }

    pub(crate) fn upload_gone() -> Self {
        Self::new(
            StatusCode::GONE,
            "/problems/upload-gone",
            "Upload no longer kept",
            "The upload is kept for a while after an Error, and that time is over; upload the image again",
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

    /// Says how the handler went wrong, where it did.
    pub(crate) fn with_fault(self, fault: Option<FaultKind>) -> Self {
        match fault {
            Some(fault) => self.with("fault", json!(fault)),
            None => self,
        }
    }
}
