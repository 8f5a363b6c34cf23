//! Records whose file is lost, and those whose time is over.

use std::time::Duration;

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use thumbnailify_core::{Cursor, Error, ListRequest, MediaId, PageLimit, Result, State, Status};

use super::{Finding, Reconciler};

/// How many records are read together.
const PAGE: PageLimit = PageLimit::new(200).unwrap();

/// How many files are asked for at the same time.
const AT_ONCE: usize = 8;

/// With so many files missing, and these being most, the folder is taken for the wrong one.
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
    pub(super) next: Option<Place>,
}

/// How far a walk has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    after: Option<Cursor>,
    seen: Seen,
}

/// How many files were asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    checked: usize,
    missing: usize,
}

impl Seen {
    fn and(self, other: Self) -> Self {
        Self {
            checked: self.checked.saturating_add(other.checked),
            missing: self.missing.saturating_add(other.missing),
        }
    }

    /// # Errors
    /// Most files are missing.
    fn check(self) -> Result<()> {
        let Self { checked, missing } = self;
        if missing < SUSPICIOUSLY_MANY || missing <= checked / 2 {
            return Ok(());
        }
        let detail = format!(
            "{missing} thumbnails of {checked} are missing, so nothing is done about it: is the media folder the \
             right one?"
        );
        Err(Error::broken("media", detail))
    }
}

impl Reconciler {
    /// Looks at one page of records.
    pub(super) async fn look_at_records(&self, walk: Walk, place: Place) -> Result<Walked> {
        match walk {
            Walk::LostThumbnails => self.look_for_lost_thumbnails(place).await,
            Walk::Expired(state) => self.look_for_expired(state, place).await,
        }
    }

    /// Asks for the file of each completed medium of a page. The walk ends where most are missing, be it of the page or
    /// of all so far: nothing is done about what may be elsewhere.
    async fn look_for_lost_thumbnails(&self, place: Place) -> Result<Walked> {
        let (page, next) = self.page(State::Completed, place.after).await?;
        let checked = page.len();
        let asked = stream::iter(page).map(|status| self.lost_thumbnail(status).boxed());
        let found: Vec<_> = asked.buffered(AT_ONCE).try_collect().await?;
        let findings: Vec<_> = found.into_iter().flatten().collect();
        let missing = findings.len();
        let of_page = Seen { checked, missing };
        let seen = place.seen.and(of_page);
        of_page.check().and(seen.check())?;
        let next = next.map(|after| Place {
            after: Some(after),
            seen,
        });
        Ok(Walked { findings, next })
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
    async fn look_for_expired(&self, state: State, place: Place) -> Result<Walked> {
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
        let before_ms = ms(self.time().await?.saturating_sub(kept));
        // What was created later is younger than that in any case.
        let oldest = Cursor {
            created_at_ms: before_ms,
            media_id: MediaId::from_bytes([u8::MAX; 16]),
        };
        let (page, next) = self
            .page(state, Some(place.after.unwrap_or(oldest)))
            .await?;
        let is_old = |status: &Status| status.updated_at_ms <= before_ms;
        let expired = page.into_iter().filter(is_old).map(Box::new);
        Ok(Walked {
            findings: expired.map(Finding::Expired).collect(),
            next: next.map(|after| Place {
                after: Some(after),
                ..place
            }),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(checked: usize, missing: usize, expected: bool) {
        let seen = Seen { checked, missing };
        assert_eq!(seen.check().is_ok(), expected, "{seen:?}");
    }

    #[test]
    fn a_folder_without_most_of_its_files_is_suspicious() {
        check(0, 0, true);
        check(19, 19, true);
        check(20, 20, false);
        check(40, 20, true);
        check(39, 20, false);
        check(1_000, 200, true);
    }

    #[test]
    fn pages_are_counted_together() {
        let page = Seen {
            checked: 15,
            missing: 15,
        };
        assert!(page.check().is_ok());
        assert!(page.and(page).check().is_err());
    }
}
