use std::io::{self, Write};

use clap::Args;
use thumbnailify_core::{HandlerState, HandlerSummary};

use super::{Folders, on_a_runtime};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    folders: Folders,
}

/// Lists every handler that is found, those that do not load with the reason.
pub(crate) fn list(args: ListArgs) -> anyhow::Result<()> {
    let catalog = on_a_runtime(move || Ok(args.folders.registry()?.catalog()))?;
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
        HandlerState::Failed { reason } => format!("failed: {reason}"),
    }
}
