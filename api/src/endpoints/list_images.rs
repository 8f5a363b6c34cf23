use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LINK};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thumbnailify_core::{Cursor, ListRequest, Page};

use crate::cursor::spell_cursor;
use crate::list_query::{list_path, read_list_query};
use crate::problem::Problem;
use crate::representation::ImageStatus;
use crate::state::Api;

/// `GET /images`: images, the newest first, a page at a time.
///
/// Where there is more, `next_cursor` and the header `Link` (RFC 8288) say where.
pub(crate) async fn list_images(State(api): State<Api>, uri: Uri) -> Result<Response, Problem> {
    let request = read_list_query(&uri, &api.config);
    let request = request.map_err(|option| Problem::bad_option(&option))?;
    let page = api.ports.status.list(&request).await;
    let page = page.map_err(|error| Problem::from_port(&error, None, &api.config))?;
    Ok(answer(&request, &page))
}

#[derive(Debug, Serialize)]
struct ImageList<'a> {
    images: Vec<ImageStatus<'a>>,
    next_cursor: Option<String>,
}

fn answer(request: &ListRequest, page: &Page) -> Response {
    let list = ImageList {
        images: page.statuses.iter().map(ImageStatus::of).collect(),
        next_cursor: page.next.map(spell_cursor),
    };
    let mut response = Json(list).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(
        page.next
            .and_then(|next| link(request, next))
            .map(|link| (LINK, link)),
    );
    response
}

/// The address of the next page. The query of a list is plain ASCII, so it always is a header value.
fn link(request: &ListRequest, next: Cursor) -> Option<HeaderValue> {
    let next = list_path(request, next);
    HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).ok()
}
