//! Reads the request headers that choose an answer. What cannot be read is ignored, as the standards
//! have it.

mod accept;
mod conditional;
mod prefer;

pub(crate) use accept::names_pictures;
pub(crate) use conditional::is_current;
pub(crate) use prefer::preferred_wait;

use axum::http::{HeaderMap, HeaderName};

/// The members of a header that is a comma-separated list, over all its lines.
fn members<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers
        .get_all(name)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}
