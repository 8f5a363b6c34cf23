use std::process::Child;

use anyhow::Result;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

/// Stops a process in its tracks: its connections stay open and nothing answers. Blocks until it stands:
/// a signal only asks for that, and until every thread has seen it the process may answer.
///
/// # Errors
/// It has ended.
pub fn pause(child: &Child) -> Result<()> {
    let pid = Pid::from_child(child);
    kill_process(pid, Signal::STOP)?;
    waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED)?;
    Ok(())
}
