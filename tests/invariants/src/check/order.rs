//! I4: no reader sees a version fall, and an outcome changes by a retry alone.

use crate::image::Image;
use crate::{Entry, Findings, Invariant};

pub(super) fn check(image: &Image<'_>, findings: &mut Findings) {
    // By the time they were sent, as the image has them.
    let reads: Vec<_> = image.entries.iter().filter(|entry| tells(entry)).collect();
    let mut answered = reads.clone();
    answered.sort_by_key(|read| read.answered_us);
    let mut answered = answered.into_iter().peekable();
    let (mut highest, mut outcome) = (0, None);
    for read in reads {
        // What anybody knew when this one was asked for.
        while let Some(earlier) = answered.next_if(|earlier| earlier.answered_us <= read.sent_us) {
            highest = highest.max(earlier.version.unwrap_or_default());
            if earlier.is_final() {
                outcome = Some(earlier);
            }
        }
        if let Some(detail) = fell(read, highest) {
            findings.add(Invariant::NeverBack, image.id, detail);
        }
        if let Some(detail) = outcome.and_then(|outcome| changed(image, outcome, read)) {
            findings.add(Invariant::NeverBack, image.id, detail);
        }
    }
}

fn tells(entry: &Entry<'_>) -> bool {
    entry.state.is_some() && entry.version.is_some()
}

fn fell(read: &Entry<'_>, highest: u64) -> Option<String> {
    let version = read.version.filter(|version| *version < highest)?;
    Some(format!("its version fell from {highest} to {version}"))
}

fn changed(image: &Image<'_>, outcome: &Entry<'_>, read: &Entry<'_>) -> Option<String> {
    let is_same = (&read.state, read.version) == (&outcome.state, outcome.version);
    let mut retries = image.of("retry");
    if is_same || retries.any(|retry| retry.sent_us <= read.answered_us) {
        return None;
    }
    let spell = |entry: &Entry<'_>| {
        let state = entry.state.as_deref().unwrap_or_default();
        format!("{state} of version {}", entry.version.unwrap_or_default())
    };
    Some(format!("{} became {}", spell(outcome), spell(read)))
}

#[cfg(test)]
mod tests {
    use crate::sample::{broken, completed, retry, status, thumbnail, upload};
    use crate::{Entry, Invariant};

    const I4: Invariant = Invariant::NeverBack;

    #[test]
    fn versions_that_grow_are_well() {
        let log = [
            upload(0),
            status(2, "Processing", 2),
            completed(5, 3, "aa"),
            completed(7, 3, "aa"),
            thumbnail(9, "aa"),
        ];
        assert_eq!(broken(&log), []);
    }

    #[test]
    fn a_version_that_falls_is_found() {
        let log = [upload(0), status(2, "Processing", 4), status(5, "Error", 3)];
        assert_eq!(broken(&log), [I4]);
    }

    #[test]
    fn answers_to_requests_that_overlap_have_no_order() {
        let slow = Entry {
            sent_us: 1,
            answered_us: 8,
            ..status(0, "Processing", 2)
        };
        let log = [upload(0), slow, status(5, "Error", 3)];
        assert_eq!(broken(&log), []);
    }

    #[test]
    fn an_outcome_that_changes_is_found_unless_it_was_tried_again() {
        let error = [upload(0), status(2, "Error", 3)];
        for later in [status(10, "Processing", 4), status(10, "Error", 4)] {
            let log = [
                &error[..],
                std::slice::from_ref(&later),
                &[status(15, "Error", 6)],
            ]
            .concat();
            assert!(broken(&log).contains(&I4), "{later:?}");
            let retried = [&log[..], &[retry(5, 4)]].concat();
            assert_eq!(broken(&retried), [], "{later:?}");
        }
    }
}
