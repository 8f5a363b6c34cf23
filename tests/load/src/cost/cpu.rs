use std::time::Duration;

use anyhow::{Context, Result};

/// How many ticks `/proc/PID/stat` counts in a second. It is a part of the interface and the same on all
/// Linux machines that we run on (proc(5), `sysconf(_SC_CLK_TCK)`).
const TICKS_PER_SECOND: u64 = 100;

/// The CPU time that a process has used, in user and in kernel mode, with all its threads that are or were.
/// It counts in hundredths of a second.
///
/// # Errors
/// There is no such process.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let stat =
        std::fs::read_to_string(&path).with_context(|| format!("no process {pid}: {path}"))?;
    let ticks = ticks(&stat).with_context(|| format!("{path} is not as it should be"))?;
    Ok(Duration::from_millis(
        ticks.saturating_mul(1_000 / TICKS_PER_SECOND),
    ))
}

/// The memory that a process has in use, in KiB.
///
/// # Errors
/// There is no such process, or it has ended and waits to be reaped.
pub fn resident_kib(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let status =
        std::fs::read_to_string(&path).with_context(|| format!("no process {pid}: {path}"))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.with_context(|| format!("{path} has no VmRSS"))?;
    Ok(resident.trim().trim_end_matches(" kB").parse()?)
}

/// The fields 14 and 15. The second one is the program's name in parentheses, which may have any in it.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_stand_behind_whatever_name() {
        let stat = "7 (a) (b 1 2) S 1 7 7 0 -1 4194560 1 2 3 4 120 30 5 6 20 0 1 0 99 1 2\n";
        assert_eq!(ticks(stat), Some(150));
        assert_eq!(ticks("7 (a) S 1"), None);
    }

    #[test]
    fn this_process_can_be_read_and_one_that_is_not_there_cannot() {
        assert!(cpu_time(std::process::id()).is_ok());
        assert!(resident_kib(std::process::id()).unwrap() > 0);
        assert!(cpu_time(u32::MAX).is_err());
    }
}
