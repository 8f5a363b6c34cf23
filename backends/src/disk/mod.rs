//! Files in a folder.
//!
//! A file appears under its key by a rename, after its bytes are durable; until then it is a temporary
//! file of the same file system. Several processes may share the folder.

mod at_once;
mod error;
mod folder;
mod mark;
mod reserve;
mod source;
mod store;
mod temp_file;
mod upkeep;

pub use reserve::DiskSettings;
pub use source::FileSource;
pub use store::DiskStore;
