use std::time::Duration;

/// How long a status store leaves a medium without an outcome alone before it is due for a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// Since its job became current, unless that is published by then. Default: 10 seconds.
    pub unpublished: Duration,
    /// Since its job was published or given back, unless a worker claims it by then. Longer than any pause between
    /// two attempts. Default: 10 minutes.
    pub unclaimed: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            unpublished: Duration::from_secs(10),
            unclaimed: Duration::from_mins(10),
        }
    }
}
