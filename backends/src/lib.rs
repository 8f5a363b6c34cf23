//! The real implementations of the ports.
//!
//! Each module keeps the rules of its ports by other means: a folder, an SQLite file, a NATS server, a
//! Redis server. None knows another. What a backend stores is trusted no further than its form: what
//! cannot be read is reported, never a panic.

mod disk;
mod embedded;
mod nats;
mod redis;

mod addresses;
mod dead_letter_settings;
mod history;
mod patience;
mod pause;
mod spelling;

pub use addresses::Addresses;
pub use dead_letter_settings::DeadLetterSettings;
pub use disk::{DiskSettings, DiskStore, FileSource};
pub use embedded::{Embedded, EmbeddedSettings, LocalCatalog};
pub use nats::{NatsDeadLetters, NatsQueue, NatsSettings};
pub use patience::Patience;
pub use redis::{RedisSettings, RedisStore};

/// How many notices of changes are kept for a slow listener.
const CHANGES_KEPT: usize = 1_024;
