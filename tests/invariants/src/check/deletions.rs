//! I3: what was deleted stays unknown.

use crate::image::Image;
use crate::{Findings, Invariant};

pub(super) fn check(image: &Image<'_>, findings: &mut Findings) {
    let Some(gone_us) = image.gone_us() else {
        return;
    };
    let later = image.entries.iter().filter(|entry| entry.sent_us > gone_us);
    if let Some(seen) = later.into_iter().find(|entry| entry.is_there()) {
        findings.resurrected += 1;
        let later_ms = (seen.sent_us - gone_us) / 1_000;
        let detail = format!("it is there again {later_ms} ms after it was deleted");
        findings.add(Invariant::StaysDeleted, image.id, detail);
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{broken, completed, delete, status, thumbnail, unknown, upload};
    use crate::{Bounds, Invariant, check};

    const I3: Invariant = Invariant::StaysDeleted;

    #[test]
    fn what_stays_away_is_well_and_so_is_a_read_that_was_on_its_way() {
        // Sent before the answer to the deletion was there.
        let on_its_way = completed(5, 3, "aa");
        let log = [upload(0), on_its_way, delete(5, Some(204)), unknown(10)];
        assert_eq!(broken(&log), []);
    }

    #[test]
    fn what_comes_back_after_its_deletion_is_found() {
        let log = [upload(0), delete(5, Some(204)), status(10, "Processing", 2)];
        assert_eq!(broken(&log), [I3]);
        assert_eq!(check(&log, &Bounds::default()).resurrected, 1);
        let file = [
            upload(0),
            completed(2, 3, "aa"),
            delete(5, Some(204)),
            thumbnail(10, "aa"),
        ];
        assert_eq!(broken(&file), [I3]);
    }

    #[test]
    fn what_comes_back_after_it_was_seen_to_be_gone_is_found() {
        let asked = [upload(0), delete(5, None)];
        let log = [&asked[..], &[unknown(10), status(15, "Error", 3)]].concat();
        assert_eq!(broken(&log), [I3]);
    }
}
