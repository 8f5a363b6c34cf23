//! I1: an upload that was answered with 202 ends, or is deleted.

use crate::image::Image;
use crate::{Entry, Findings, Invariant};

pub(super) fn check(image: &Image<'_>, findings: &mut Findings) {
    findings.accepted += 1;
    if let Some(detail) = lost(image) {
        findings.lost += 1;
        findings.add(Invariant::Ends, image.id, detail);
        return;
    }
    if image.gone_us().is_some() {
        findings.deleted += 1;
        return;
    }
    match image.last_told().filter(|last| last.is_final()) {
        Some(last) if last.state.as_deref() == Some("Completed") => findings.completed += 1,
        Some(_) => findings.failed += 1,
        None => {
            findings.stuck += 1;
            let last = image.last_told().and_then(|last| last.phase.as_deref());
            let detail = format!(
                "it has no outcome; last it was {}",
                last.unwrap_or("accepted")
            );
            findings.add(Invariant::Ends, image.id, detail);
        }
    }
}

/// An answer that the image is not known, although nobody had asked for its deletion.
fn lost(image: &Image<'_>) -> Option<String> {
    let asked_us = image.deletion_asked_us();
    let is_lost = |entry: &&&Entry<'_>| {
        let is_early = match &*entry.operation {
            // A deletion that is the first is no reason for its own answer.
            "delete" => asked_us == Some(entry.sent_us),
            _ => asked_us.is_none_or(|asked_us| entry.answered_us < asked_us),
        };
        entry.is_unknown() && is_early
    };
    let entry = image.entries.iter().find(is_lost)?;
    Some(format!(
        "it is not known any more, says the answer to {}",
        entry.operation
    ))
}

#[cfg(test)]
mod tests {
    use crate::sample::{broken, delete, status, unknown, upload};
    use crate::{Bounds, Entry, Invariant, check};

    const I1: Invariant = Invariant::Ends;

    fn counts(log: &[Entry<'_>]) -> [u64; 5] {
        let found = check(log, &Bounds::default());
        [
            found.completed,
            found.failed,
            found.deleted,
            found.lost,
            found.stuck,
        ]
    }

    #[test]
    fn an_image_that_ends_or_is_deleted_is_well() {
        let failed = [upload(0), status(5, "Error", 3)];
        assert_eq!(counts(&failed), [0, 1, 0, 0, 0]);
        let deleted = [upload(0), delete(5, Some(204))];
        assert_eq!(counts(&deleted), [0, 0, 1, 0, 0]);
        for log in [&failed[..], &deleted] {
            assert_eq!(broken(log), []);
        }
    }

    #[test]
    fn an_image_without_an_outcome_is_stuck() {
        let log = [upload(0), status(5, "Processing", 2)];
        assert_eq!((counts(&log), broken(&log)), ([0, 0, 0, 0, 1], vec![I1]));
        assert_eq!(broken(&[upload(0)]), [I1]);
    }

    #[test]
    fn an_image_that_is_forgotten_is_lost() {
        let log = [upload(0), status(5, "Error", 3), unknown(10)];
        assert_eq!((counts(&log), broken(&log)), ([0, 0, 0, 1, 0], vec![I1]));
        assert_eq!(broken(&[upload(0), delete(5, Some(404))]), [I1]);
    }

    #[test]
    fn a_deletion_without_an_answer_may_have_been_done_or_not() {
        let asked = [upload(0), delete(5, None)];
        let is_gone = [&asked[..], &[unknown(10)]].concat();
        assert_eq!(
            (counts(&is_gone), broken(&is_gone)),
            ([0, 0, 1, 0, 0], vec![])
        );
        let is_not = [&asked[..], &[status(10, "Error", 3)]].concat();
        assert_eq!(
            (counts(&is_not), broken(&is_not)),
            ([0, 1, 0, 0, 0], vec![])
        );
        assert_eq!(broken(&asked), [I1]);
        let repeated = [&asked[..], &[delete(10, Some(404))]].concat();
        assert_eq!(broken(&repeated), []);
    }
}
