//! What happens to every request on its way in and out, one file each.

mod access_log;
mod catch_panics;
mod deadline;
mod linger;
mod no_sniffing;
mod part;

pub(crate) use access_log::{access_log, name_subject};
pub(crate) use catch_panics::catch_panics;
pub(crate) use deadline::deadline;
pub(crate) use linger::linger;
pub(crate) use no_sniffing::no_sniffing;
pub(crate) use part::part;
