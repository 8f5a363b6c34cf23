use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use thumbnailify_host::Handler;
use thumbnailify_host::sandbox::types::{Description, MediaType};

use super::contract::Contract;
use super::{HandlerFlags, candidate, on_a_runtime};

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A `.wasm` file, or the name of a built-in handler.
    #[arg(value_name = "FILE|NAME")]
    handler: PathBuf,
    #[command(flatten)]
    flags: HandlerFlags,
}

/// Shows what a component is, takes, exports and imports. Of a file that is no handler it shows what there is
/// to see, and ends with the reason.
pub(crate) fn inspect(args: InspectArgs) -> anyhow::Result<()> {
    let wasm = candidate(&args.handler, &args.flags.settings()?)?.wasm;
    let contract = Contract::of_component(wasm.as_slice());
    let bytes = wasm.as_slice().len();
    let loaded = load(args);

    let mut out = io::stdout().lock();
    if let Ok(handler) = &loaded {
        show_identity(&mut out, handler)?;
    }
    writeln!(out, "size      {bytes} bytes")?;
    if let Ok(handler) = &loaded {
        show_description(&mut out, handler.description())?;
    }
    if let Ok(contract) = contract {
        show_contract(&mut out, &contract)?;
    }
    loaded.map(|_| ())
}

fn load(args: InspectArgs) -> anyhow::Result<Handler> {
    on_a_runtime(move || {
        let settings = args.flags.settings()?;
        let loaded = args.flags.load(&settings, &args.handler);
        loaded.with_context(|| format!("{} is no handler", args.handler.display()))
    })
}

fn show_identity(out: &mut impl Write, handler: &Handler) -> io::Result<()> {
    let identity = handler.identity();
    writeln!(out, "name      {}", identity.name)?;
    writeln!(out, "version   {}", identity.version)?;
    writeln!(out, "sha256    {}", identity.sha256)
}

fn show_description(out: &mut impl Write, description: &Description) -> io::Result<()> {
    for taken in &description.media_types {
        writeln!(out, "takes     {}", media_type(taken))?;
    }
    for (name, explanation) in &description.params {
        writeln!(
            out,
            "param     {}: {}",
            one_line(name),
            one_line(explanation)
        )?;
    }
    for (name, value) in &description.hints {
        writeln!(out, "hint      {}: {}", one_line(name), one_line(value))?;
    }
    Ok(())
}

/// A media type with its extensions and signatures, such as `image/gif (gif), "GIF8" at 0`.
fn media_type(taken: &MediaType) -> String {
    let mut text = format!("{} ({})", taken.mime, taken.extensions.join(", "));
    for (offset, bytes) in &taken.magic {
        text += &format!(", \"{}\" at {offset}", bytes.escape_ascii());
    }
    text
}

/// Text of a stranger, fit for a terminal.
fn one_line(text: &str) -> String {
    text.escape_debug().to_string()
}

fn show_contract(out: &mut impl Write, contract: &Contract) -> io::Result<()> {
    for export in &contract.exports {
        writeln!(out, "exports   {export}")?;
    }
    for import in &contract.imports {
        writeln!(out, "imports   {import}")?;
    }
    Ok(())
}
