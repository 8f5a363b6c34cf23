//! The kinds of load over HTTP.

mod eventful;
mod knee;
mod run;
mod status;
mod whole;

pub use eventful::EventfulMode;
pub use knee::KneeSearch;
pub use run::Run;
pub(crate) use run::Stopwatch;
pub use status::StatusMode;
pub(crate) use status::prepare;
pub use whole::HttpMode;
