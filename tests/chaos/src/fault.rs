use std::fmt;

/// What can happen to a process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Fault {
    /// It is killed, and started again on the same folder and port.
    Kill,
    /// It stands still with all its connections open, and goes on.
    Stop,
}

impl Fault {
    pub(crate) const ALL: [Self; 2] = [Self::Kill, Self::Stop];
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Kill => "killed",
            Self::Stop => "stopped",
        })
    }
}
