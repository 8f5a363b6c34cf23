use std::io::IsTerminal;

use anyhow::Context;

use crate::settings::{Log, LogFormat};

/// Sends the log to standard error, so that standard output has only what was asked for.
pub(crate) fn start(log: &Log) -> anyhow::Result<()> {
    let filter = log.parsed_filter().context("`log.filter` cannot be used")?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}
