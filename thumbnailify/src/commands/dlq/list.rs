use std::io::{self, Write};

use clap::Args;
use thumbnailify_core::{DeadLetter, FaultKind};

use super::{PlaceFlags, all};
use crate::commands::timestamp::timestamp;

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Prints each letter whole, as a JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceFlags,
}

/// Lists the letters, the oldest first.
pub(crate) fn list(args: &ListArgs) -> anyhow::Result<()> {
    let letters = args
        .place
        .run(async |ports| all(&*ports.dead_letters).await)?;
    let mut out = io::stdout().lock();
    if args.json {
        for letter in &letters {
            writeln!(out, "{}", serde_json::to_string(letter)?)?;
        }
        return Ok(());
    }
    writeln!(
        out,
        "{:<36} {:<24} {:<20} {:>8} {:<16} REASON",
        "ID", "GIVEN UP AT", "MEDIA TYPE", "ATTEMPTS", "ERROR"
    )?;
    for letter in &letters {
        writeln!(
            out,
            "{:<36} {:<24} {:<20} {:>8} {:<16} {}",
            letter.media_id().to_string(),
            timestamp(letter.at_ms),
            letter.job.media_type.as_str(),
            letter.attempts,
            error_class(letter),
            letter.reason,
        )?;
    }
    Ok(())
}

/// How the handler went wrong, or that it was not the handler.
pub(super) fn error_class(letter: &DeadLetter) -> &'static str {
    letter.fault.map_or("machine", FaultKind::as_str)
}
