//! Records whose file is lost, and those whose time is over.

use std::time::Duration;

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use thumbnailify_core::{Cursor, ListRequest, MediaId, PageLimit, Result, State, Status};

use super::{Finding, Reconciler, unix_now};

/// How many records are read together.
const PAGE: PageLimit = PageLimit::new(200).unwrap();

/// How many files are asked for at the same time.
const AT_ONCE: usize = 8;

/// With so many files missing among those of a page, and these being most of them, the folder is not the right one.
const SUSPICIOUSLY_MANY: usize = 20;

/// What is looked for in the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Walk {
    /// Completed media without their file.
    LostThumbnails,
    /// Media of a state that were kept for as long as they are to be.
    Expired(State),
}

/// One page of a walk through records, and where the next begins.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) findings: Vec<Finding>,
    pub(super) next: Option<Cursor>,
}

impl Reconciler {
    /// Looks at one page of records.
    pub(super) async fn look_at_records(
        &self,
        walk: Walk,
        after: Option<Cursor>,
    ) -> Result<Walked> {
        match walk {
            Walk::LostThumbnails => self.look_for_lost_thumbnails(after).await,
            Walk::Expired(state) => self.look_for_expired(state, after).await,
        }
    }

    /// Asks for the file of each completed medium of a page.
    async fn look_for_lost_thumbnails(&self, after: Option<Cursor>) -> Result<Walked> {
        let page = self.page(State::Completed, after).await?;
        let checked = page.0.len();
        let asked = stream::iter(page.0).map(|status| self.lost_thumbnail(status).boxed());
        let found: Vec<_> = asked.buffered(AT_ONCE).try_collect().await?;
        let mut findings: Vec<_> = found.into_iter().flatten().collect();
        if findings.len() >= SUSPICIOUSLY_MANY && findings.len() > checked / 2 {
            tracing::error!(
                missing = findings.len(),
                checked,
                "most thumbnails are missing, so nothing is done about it: is the media folder the right one?"
            );
            findings.clear();
        }
        Ok(Walked {
            findings,
            next: page.1,
        })
    }

    async fn lost_thumbnail(&self, status: Status) -> Result<Option<Finding>> {
        let Some(key) = status.thumbnail_key() else {
            return Ok(None);
        };
        let file = self.ports.media.open(&key).await?;
        Ok(file
            .is_none()
            .then(|| Finding::LostThumbnail(Box::new(status))))
    }

    /// Finds what was final in a state for as long as it is kept, among the media of a page.
    async fn look_for_expired(&self, state: State, after: Option<Cursor>) -> Result<Walked> {
        let kept = match state {
            State::Processing => None,
            State::Completed => self.retention.completed(),
            State::Error => self.retention.error(),
        };
        let Some(kept) = kept else {
            return Ok(Walked {
                findings: Vec::new(),
                next: None,
            });
        };
        let before_ms = ms(unix_now().saturating_sub(kept));
        // What was created later is younger than that in any case.
        let oldest = Cursor {
            created_at_ms: before_ms,
            media_id: MediaId::from_bytes([u8::MAX; 16]),
        };
        let page = self.page(state, Some(after.unwrap_or(oldest))).await?;
        let expired = page.0.into_iter();
        let expired = expired.filter(|status| status.updated_at_ms <= before_ms);
        Ok(Walked {
            findings: expired
                .map(|status| Finding::Expired(Box::new(status)))
                .collect(),
            next: page.1,
        })
    }

    async fn page(
        &self,
        state: State,
        after: Option<Cursor>,
    ) -> Result<(Vec<Status>, Option<Cursor>)> {
        let request = ListRequest {
            state: Some(state),
            after,
            limit: PAGE,
        };
        let page = self.ports.status.list(&request).await?;
        Ok((page.statuses, page.next))
    }
}

fn ms(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
