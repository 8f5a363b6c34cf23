use crate::{MediaFile, MediaKey, State, Status};

impl Status {
    /// Tells whether the record names a thumbnail, or its holder is about to make it do so. One that it cannot name is
    /// in nobody's way.
    #[must_use]
    pub fn may_name(&self, key: &MediaKey) -> bool {
        let Some((_, MediaFile::Thumbnail { epoch, attempt, .. })) = MediaKey::parse(key.as_str())
        else {
            return true;
        };
        match self.state {
            State::Processing => (epoch, attempt) >= (self.epoch, self.attempts),
            State::Completed | State::Error => self.thumbnail_key().as_ref() == Some(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MediaId, Original, Phase, Service, Thumbnail, ThumbnailOptions};

    fn status(state: State) -> Status {
        let png: crate::MediaType = "image/png".parse().unwrap();
        let thumbnail = (state == State::Completed).then(|| Thumbnail {
            epoch: 2,
            attempt: 3,
            media_type: png.clone(),
            bytes: 1,
            width: 1,
            height: 1,
            sha256: String::new(),
        });
        Status {
            media_id: MediaId::from_bytes([7; 16]),
            media_type: png,
            service: Service::Worker,
            state,
            phase: Phase::Done,
            message: String::new(),
            code: 200,
            version: 3,
            epoch: 2,
            attempts: 3,
            handler_faults: 0,
            created_at_ms: 0,
            updated_at_ms: 0,
            original: Original {
                bytes: 1,
                sha256: String::new(),
            },
            options: ThumbnailOptions::default(),
            thumbnail,
            handler: None,
            cost: None,
            fault: None,
            history: Vec::new(),
        }
    }

    fn check(state: State, epoch: u32, attempt: u32, expected: bool) {
        let status = status(state);
        let key = MediaKey::thumbnail(status.media_id, epoch, attempt, &status.media_type);
        assert_eq!(status.may_name(&key), expected, "{state:?} {key}");
    }

    #[test]
    fn a_thumbnail_is_an_orphan_once_no_record_can_name_it() {
        check(State::Completed, 2, 3, true);
        check(State::Completed, 2, 2, false);
        check(State::Completed, 2, 4, false);
        check(State::Error, 2, 3, false);
        check(State::Processing, 2, 3, true);
        check(State::Processing, 3, 1, true);
        check(State::Processing, 2, 2, false);
        check(State::Processing, 1, 5, false);
    }
}
