use std::io::{self, Write};

use anyhow::Context;
use clap::Args;
use thumbnailify_core::{DeadLetter, MediaId, Transition};

use super::PlaceFlags;
use super::list::error_class;
use crate::commands::timestamp::timestamp;

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The id of the image.
    id: MediaId,
    /// Prints the letter as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceFlags,
}

/// Shows one letter with its history.
pub(crate) fn show(args: &ShowArgs) -> anyhow::Result<()> {
    let id = args.id;
    let found = args
        .place
        .run(async |ports| Ok(ports.dead_letters.get(id).await?))?;
    let letter = found.with_context(|| format!("there is no dead letter of {id}"))?;
    let mut out = io::stdout().lock();
    if args.json {
        return Ok(writeln!(out, "{}", serde_json::to_string(&letter)?)?);
    }
    Ok(print(&mut out, &letter)?)
}

fn print(out: &mut impl Write, letter: &DeadLetter) -> io::Result<()> {
    let job = &letter.job;
    let handler = letter.handler.as_ref();
    let handler = handler.map(|handler| format!("{} {}", handler.name, handler.version));
    writeln!(out, "image       {}", letter.media_id())?;
    writeln!(out, "media type  {}", job.media_type)?;
    writeln!(
        out,
        "upload      {} bytes, SHA-256 {}",
        job.bytes, job.sha256
    )?;
    writeln!(
        out,
        "given up    {} by {}",
        timestamp(letter.at_ms),
        letter.worker
    )?;
    writeln!(
        out,
        "attempts    {} in epoch {}",
        letter.attempts, job.epoch
    )?;
    writeln!(out, "error       {}", error_class(letter))?;
    writeln!(
        out,
        "handler     {}",
        handler.as_deref().unwrap_or("none was run")
    )?;
    writeln!(out, "reason      {}", letter.reason)?;
    writeln!(out, "history")?;
    letter
        .history
        .iter()
        .try_for_each(|step| print_step(out, step))
}

fn print_step(out: &mut impl Write, step: &Transition) -> io::Result<()> {
    writeln!(
        out,
        "  {} {:>4} epoch {} attempt {} {:<10} {} {}",
        timestamp(step.at_ms),
        step.version,
        step.epoch,
        step.attempts,
        format!("{:?}", step.phase).to_lowercase(),
        step.worker.as_deref().unwrap_or("-"),
        step.reason.as_deref().unwrap_or_default(),
    )
}
