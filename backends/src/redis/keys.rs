use std::ops::Range;

use thumbnailify_core::{Case, MediaId, State};

/// Spreads the media over slots and names what belongs to one.
///
/// The part in braces is what a cluster takes the slot from, so all keys of a medium are in one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    shards: u8,
}

/// When each worker was heard, by worker. With [`WORKER_CATALOGS`] in one slot.
pub(super) const WORKERS_HEARD: &str = "tn:{workers}:heard";

/// What each worker announced, by worker.
pub(super) const WORKER_CATALOGS: &str = "tn:{workers}:catalogs";

/// Written by the check, to see that the server takes writes.
pub(super) const CHECK: &str = "tn:check";

/// Who looks after the system.
pub(super) const LEADER: &str = "tn:leader";

/// Which system the records are of.
pub(super) const SYSTEM: &str = "tn:system";

/// There once every medium is in the list of its state.
pub(super) const INDEXED: &str = "tn:indexed";

/// The hash with the crashes of one case.
pub(super) fn quarantine(case: &Case) -> String {
    let (upload, handler) = (&case.upload_sha256, &case.handler_sha256);
    format!("tn:quarantine:{upload}:{handler}")
}

/// What the keys of all records look like.
pub(super) const RECORDS: &str = "tn:{s[0-9][0-9]*}:m:*";

/// The keys of one medium.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MediaKeys {
    /// The hash with the status.
    pub(super) media: String,
    /// The stream with its last writes, where an older version made one.
    pub(super) older_history: String,
    /// The sorted set of all media of the shard, by age.
    pub(super) index: String,
    /// The sorted set of the media without outcome, by when to look after them.
    pub(super) open: String,
    /// The channel that tells of changes.
    pub(super) channel: String,
}

impl Keys {
    pub(super) fn new(shards: u8) -> Self {
        Self {
            shards: shards.max(1),
        }
    }

    pub(super) fn of(self, id: MediaId) -> MediaKeys {
        let shard = tag(self.shard_of(id));
        MediaKeys {
            media: format!("{shard}:m:{id}"),
            older_history: format!("{shard}:h:{id}"),
            index: format!("{shard}:idx"),
            open: format!("{shard}:open"),
            channel: format!("{shard}:ev"),
        }
    }

    /// The set of the open media of a shard.
    pub(super) fn open(self, shard: u8) -> String {
        format!("{}:open", tag(shard))
    }

    /// The id of the medium whose record is under a key.
    pub(super) fn id_of(record: &str) -> Option<MediaId> {
        let (_, id) = record.rsplit_once(":m:")?;
        id.parse().ok()
    }

    /// The lists of each state that a medium can be in, in the order in which the scripts take them.
    pub(super) fn lists_of(self, id: MediaId) -> [String; 3] {
        let shard = self.shard_of(id);
        State::ALL.map(|state| self.list(shard, Some(state)))
    }

    /// The sorted set of the media of a shard in one state, or of all of them.
    pub(super) fn list(self, shard: u8, state: Option<State>) -> String {
        let index = format!("{}:idx", tag(shard));
        match state {
            Some(state) => format!("{index}:{}", state.as_str()),
            None => index,
        }
    }

    pub(super) fn shards(self) -> Range<u8> {
        0..self.shards
    }

    pub(super) fn channels(self) -> Vec<String> {
        self.shards()
            .map(|shard| format!("{}:ev", tag(shard)))
            .collect()
    }

    /// The bytes of an id are random, so any of them spreads the media evenly.
    fn shard_of(self, id: MediaId) -> u8 {
        let [first, ..] = id.as_bytes();
        first % self.shards
    }
}

fn tag(shard: u8) -> String {
    format!("tn:{{s{shard:02}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_medium_share_a_slot() {
        let id: MediaId = "ffb35f5c-6b6c-4bd1-8f0c-3a57ae9ba6ae".parse().unwrap();
        let keys = Keys::new(16).of(id);
        assert_eq!(keys.media, format!("tn:{{s15}}:m:{id}"));
        assert_eq!(keys.open, "tn:{s15}:open");
        assert!(Keys::new(16).channels().contains(&keys.channel));
        assert_eq!(Keys::new(16).list(15, None), keys.index);
        assert_eq!(
            Keys::new(16).lists_of(id),
            [
                "tn:{s15}:idx:Processing",
                "tn:{s15}:idx:Completed",
                "tn:{s15}:idx:Error"
            ]
        );
    }
}
