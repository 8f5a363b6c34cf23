use std::io::{self, Write};

use clap::Args;
use thumbnailify_core::{HandlerState, HandlerSummary};

use super::{HandlerFlags, on_a_runtime};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    flags: HandlerFlags,
}

/// Lists every handler that is found, those that do not load with the reason.
pub(crate) fn list(args: ListArgs) -> anyhow::Result<()> {
    let catalog = on_a_runtime(move || {
        let settings = args.flags.settings()?;
        Ok(args.flags.registry(&settings)?.catalog())
    })?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<16} {:<10} {:<20} {:<28} STATE",
        "NAME", "VERSION", "ORIGIN", "MEDIA TYPES"
    )?;
    for handler in &catalog.handlers {
        let HandlerSummary {
            identity, origin, ..
        } = handler;
        let (types, state) = (types(handler), state(handler));
        writeln!(
            out,
            "{:<16} {:<10} {origin:<20} {types:<28} {state}",
            identity.name, identity.version
        )?;
        for warning in &handler.warnings {
            writeln!(out, "  warning: {warning}")?;
        }
    }
    Ok(())
}

pub(super) fn types(handler: &HandlerSummary) -> String {
    let names: Vec<_> = handler
        .media_types
        .iter()
        .map(|handled| handled.mime.as_str())
        .collect();
    names.join(", ")
}

fn state(handler: &HandlerSummary) -> String {
    match &handler.state {
        HandlerState::Ready => "ready".into(),
        HandlerState::Shadowed { reason } => format!("shadowed: {reason}"),
        HandlerState::Suspended { reason } => format!("suspended: {reason}"),
        HandlerState::Failed { kind, reason } => {
            format!("failed ({}): {reason}", kind.as_str())
        }
    }
}
