//! What the work costs, in seconds of CPU of all processes that do it.

mod cpu;
mod measure;
mod mode;
mod pause;
mod processes;
mod report;
mod watch;
mod work;

pub use cpu::{cpu_time, resident_kib};
pub use mode::CostMode;
pub use pause::Workers;
pub use processes::{Process, Processes};
pub use report::{CostReport, CostRow};
pub use watch::ProcessRow;
pub(crate) use watch::Watch;
pub use work::Work;
