//! Decides whether a file is let in as a handler, before anything of it is compiled or run.
//!
//! Closed where in doubt: a signature that is there and wrong is refused, even if none is asked for.

mod config;
mod error;
mod policy;

pub use config::TrustConfig;
pub use error::TrustError;
pub use policy::TrustPolicy;
