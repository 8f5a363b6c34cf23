use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::{MediaKey, Result, SystemId};

/// Goes through the stored files.
#[async_trait]
pub trait MediaUpkeep: Debug + Send + Sync {
    /// Lists the originals of one shard. A file whose name is no key of ours is passed over.
    async fn originals(&self, shard: Shard) -> Result<Vec<StoredFile>>;

    /// Lists the thumbnails of one shard. A file whose name is no key of ours is passed over.
    async fn thumbnails(&self, shard: Shard) -> Result<Vec<StoredFile>>;

    /// Removes what was begun and never became a file, and was last written longer than `age` ago. Returns how
    /// many there were.
    async fn remove_unfinished(&self, age: Duration) -> Result<u64>;

    /// Counts what [`MediaUpkeep::remove_unfinished`] would remove.
    async fn count_unfinished(&self, age: Duration) -> Result<u64>;

    /// Which system the files are of, as is said beside them. `None` where nobody has said so yet.
    async fn system(&self) -> Result<Option<SystemId>>;

    /// Says durably which system the files are of, unless it is said already. Returns what is said: among those who
    /// join at the same time, all hear of one.
    async fn join(&self, system: SystemId) -> Result<SystemId>;

    /// Has this process use the files of this system and no others. While others are there, or what says so is gone, a
    /// file cannot be stored, one that is not there is not said to be missing but `Unavailable`, nothing is listed, and
    /// the store's check fails. It takes no call to begin again.
    fn insist_on(&self, system: SystemId);
}

/// One of the 256 parts of the stored files, by the first byte of the id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard(pub u8);

impl Shard {
    /// All shards.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).map(Self)
    }
}

/// A file that is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredFile {
    /// Its key.
    pub key: MediaKey,
    /// Its length in bytes.
    pub bytes: u64,
    /// How long ago it was written.
    pub age: Duration,
}
