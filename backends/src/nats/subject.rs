use thumbnailify_core::{MediaId, MediaType};

/// What the stream takes and the consumer asks for: the subjects of all media types.
pub(super) const ALL_JOBS: &str = "tn.job.>";

/// The subject of jobs of a media type, so that consumers can be made for some types alone.
pub(super) fn job_subject(media_type: &MediaType) -> String {
    let (kind, subtype) = (media_type.kind(), media_type.subtype());
    format!("tn.job.{}.{}", token(kind), token(subtype))
}

/// What the stream of dead letters takes.
pub(super) const ALL_LETTERS: &str = "tn.dlq.>";

/// The subject of the letter of a medium.
pub(super) fn letter_subject(id: MediaId) -> String {
    format!("tn.dlq.{id}")
}

/// Replaces what has a meaning in a subject.
fn token(name: &str) -> String {
    name.replace(['.', '*', '>', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(media_type: &str, expected: &str) {
        assert_eq!(job_subject(&media_type.parse().unwrap()), expected);
    }

    #[test]
    fn a_subject_has_one_token_for_each_part_of_the_media_type() {
        check("image/png", "tn.job.image.png");
        check(
            "application/vnd.ms-excel",
            "tn.job.application.vnd_ms-excel",
        );
        check("image/svg+xml", "tn.job.image.svg+xml");
    }
}
