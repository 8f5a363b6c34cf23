//! The status of every medium, the catalog of every worker and the quarantine in a Redis or Valkey server
//! (6 or later).
//!
//! Each write is one script, which the server runs alone and on its own clock. Each may be repeated, so
//! a lost reply is no harm. Everything about one medium is under keys of one slot, its places in the lists too.

mod catalog_store;
mod changes;
mod connection;
mod entry;
mod fields;
mod index;
mod keys;
mod list;
mod media_call;
mod older_media;
mod oldest_open;
mod quarantine;
mod scripts;
mod settings;
mod status_store;
mod store;
mod upkeep;

pub use settings::RedisSettings;
pub use store::RedisStore;

/// The name of this backend in errors.
const BACKEND: &str = "redis";
