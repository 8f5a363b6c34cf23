use std::time::Instant;

use bytes::Bytes;
use http::Method;
use http_body_util::Full;
use serde::Deserialize;

use super::steps::{Step, Steps};
use crate::tally::{Kind, Operation};

/// A page of the list, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) images: Vec<serde_json::Value>,
    /// Where the next page begins, where there is one.
    #[serde(default)]
    pub(crate) next_cursor: Option<String>,
}

/// Reads a page of the list, from the newest image or from a cursor on. `None` when it failed, which is
/// counted.
pub(crate) async fn read_page(
    steps: &Steps,
    limit: u32,
    cursor: Option<&str>,
    since: Instant,
) -> Option<Page> {
    let path = match cursor {
        None => format!("/images?limit={limit}"),
        Some(cursor) => format!("/images?limit={limit}&cursor={cursor}"),
    };
    let request = steps.request(Method::GET, &path);
    let request = request.body(Full::new(Bytes::new()));
    let step = Step::new(Operation::List, None);
    let answer = steps.send(step, request).await?;
    if answer.code != 200 {
        steps.failed(Operation::List, answer.kind());
        return None;
    }
    let page = serde_json::from_slice::<Page>(&answer.body).ok();
    let page = page.filter(|page| page.images.len() <= limit as usize);
    match &page {
        Some(_) => steps.took(Operation::List, since.elapsed()),
        None => steps.failed(Operation::List, Kind::Unreadable),
    }
    page
}
