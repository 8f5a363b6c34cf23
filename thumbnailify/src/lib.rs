//! The one program: command line, settings, wiring.
//!
//! The only crate that knows all the others, and the only place where a backend is chosen.

mod belonging;
mod cli;
mod logging;
mod settings;
mod shutdown;
mod wiring;

mod commands;

pub use cli::run;
pub use commands::roles::{Running, start, start_on};
pub use settings::{Queue, Role, Settings, Status};
pub use wiring::ports;
