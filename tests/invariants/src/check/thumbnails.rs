//! I2: what is Completed has a thumbnail, and the right one.

use std::collections::BTreeSet;

use crate::image::Image;
use crate::{Entry, Findings, Invariant};

pub(super) fn check(image: &Image<'_>, findings: &mut Findings) {
    let statuses = || {
        let statuses = image.entries.iter().copied();
        statuses.filter(|entry| entry.operation != "thumbnail")
    };
    let stated: BTreeSet<_> = statuses()
        .filter_map(|told| told.sha256.as_deref())
        .collect();
    let completed = statuses().filter(|told| told.state.as_deref() == Some("Completed"));
    let completed_us = completed.map(|told| told.answered_us).min();
    let mut was_fetched = false;
    for thumbnail in image.of("thumbnail") {
        let flaw = match thumbnail.code {
            Some(200) => {
                was_fetched = true;
                flaw_of(thumbnail, &stated)
            }
            Some(404) if is_missing(image, thumbnail, completed_us) => {
                Some("it is completed, and its thumbnail is not there".to_owned())
            }
            _ => None,
        };
        if let Some(flaw) = flaw {
            findings.add(Invariant::Thumbnail, image.id, flaw);
        }
    }
    let last = image.last_told().and_then(|last| last.state.as_deref());
    if last == Some("Completed") && !was_fetched && image.deletion_asked_us().is_none() {
        let detail = "it is completed, and nobody saw its thumbnail";
        findings.add(Invariant::Thumbnail, image.id, detail);
    }
}

fn flaw_of(thumbnail: &Entry<'_>, stated: &BTreeSet<&str>) -> Option<String> {
    if let Some(flaw) = &thumbnail.flaw {
        return Some(format!("its thumbnail is none: {flaw}"));
    }
    let sha256 = thumbnail.sha256.as_deref().unwrap_or_default();
    if !stated.is_empty() && !stated.contains(sha256) {
        return Some(format!(
            "its thumbnail is not the one of its status: {sha256}"
        ));
    }
    let etag = thumbnail.etag.as_deref().unwrap_or_default();
    let is_named = !sha256.is_empty() && etag.contains(sha256);
    (!is_named).then(|| format!("its thumbnail is {sha256}, and its tag {etag}"))
}

/// A thumbnail has to be there once its image was seen as Completed, until something else was asked for.
fn is_missing(image: &Image<'_>, thumbnail: &Entry<'_>, completed_us: Option<u64>) -> bool {
    let is_later = completed_us.is_some_and(|completed_us| completed_us <= thumbnail.sent_us);
    let mut others = image.of("delete").chain(image.of("retry"));
    is_later && !others.any(|other| other.sent_us <= thumbnail.answered_us)
}

#[cfg(test)]
mod tests {
    use crate::sample::{broken, completed, delete, no_thumbnail, thumbnail, upload};
    use crate::{Entry, Invariant};

    const I2: Invariant = Invariant::Thumbnail;

    #[test]
    fn the_thumbnail_that_the_status_states_is_well() {
        let log = [upload(0), completed(5, 3, "aa"), thumbnail(10, "aa")];
        assert_eq!(broken(&log), []);
    }

    #[test]
    fn a_thumbnail_that_is_missing_is_found_unless_it_was_deleted() {
        let log = [upload(0), completed(5, 3, "aa"), no_thumbnail(10)];
        assert_eq!(broken(&log), [I2]);
        let deleted = [&log[..], &[delete(9, Some(204))]].concat();
        assert_eq!(broken(&deleted), []);
        let early = [
            upload(0),
            no_thumbnail(2),
            completed(5, 3, "aa"),
            thumbnail(9, "aa"),
        ];
        assert_eq!(broken(&early), []);
    }

    #[test]
    fn a_thumbnail_that_nobody_saw_is_found() {
        assert_eq!(broken(&[upload(0), completed(5, 3, "aa")]), [I2]);
    }

    #[test]
    fn a_thumbnail_that_is_another_or_broken_is_found() {
        let log = |thumbnail| [upload(0), completed(5, 3, "aa"), thumbnail];
        assert_eq!(broken(&log(thumbnail(10, "bb"))), [I2]);
        let mislabelled = Entry {
            etag: Some("\"bb\"".into()),
            ..thumbnail(10, "aa")
        };
        assert_eq!(broken(&log(mislabelled)), [I2]);
        let cut = Entry {
            flaw: Some("it cannot be opened".into()),
            ..thumbnail(10, "aa")
        };
        assert_eq!(broken(&log(cut)), [I2]);
    }
}
