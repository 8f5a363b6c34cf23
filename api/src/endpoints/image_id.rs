use axum::extract::{FromRequestParts, Path};
use axum::http::request;
use thumbnailify_core::MediaId;

use crate::middleware::name_subject;
use crate::problem::Problem;

/// The id in the path. A text that is no id is the id of nothing.
#[derive(Debug)]
pub(crate) struct ImageId(pub(crate) MediaId);

impl<S: Send + Sync> FromRequestParts<S> for ImageId {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut request::Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(head, state).await;
        let Path(text) = path.map_err(|_| Problem::no_such_image())?;
        let id = text.parse().map_err(|_| Problem::no_such_image())?;
        name_subject(id);
        Ok(Self(id))
    }
}
