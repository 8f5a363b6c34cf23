use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is left to the process for anything but connections: stores, logs, files being written.
const RESERVED: u64 = 256;

/// With fewer seats than these there is no serving.
const LEAST_SEATS: usize = 16;

/// Lets the process open as many files as the system grants it, and returns how many those are. `None`
/// without limit.
///
/// The usual soft limit of 1,024 is there for programs that know no other way than `select`.
pub(super) fn raise_limit() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if raised != limit
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    getrlimit(Resource::Nofile).current
}

/// How many connections there may be at the same time: each is an open file.
pub(super) fn seats(wanted: u32, limit: Option<u64>) -> usize {
    let wanted = wanted as usize;
    let Some(limit) = limit else {
        return wanted;
    };
    let room = usize::try_from(limit.saturating_sub(RESERVED)).unwrap_or(usize::MAX);
    let seats = wanted.min(room.max(LEAST_SEATS));
    if seats < wanted {
        tracing::warn!(
            max_connections = wanted,
            seats,
            open_files = limit,
            "the limit of open files allows fewer connections"
        );
    }
    seats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_seats_than_files() {
        assert_eq!(seats(4_096, Some(1_024)), 768);
        assert_eq!(seats(4_096, Some(4_352)), 4_096);
        assert_eq!(seats(4_096, None), 4_096);
    }

    #[test]
    fn a_few_seats_there_are_in_any_case() {
        assert_eq!(seats(4_096, Some(100)), LEAST_SEATS);
        assert_eq!(seats(3, Some(100)), 3);
    }
}
