use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use thumbnailify_host::sandbox::types::{Description, MediaType};
use thumbnailify_host::{Handler, Origin};

use super::contract::Contract;
use super::on_a_runtime;
use crate::settings::Settings;
use crate::wiring;

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A `.wasm` file, or the name of a built-in handler.
    #[arg(value_name = "FILE|NAME")]
    handler: PathBuf,
}

/// Shows what a component is, takes, exports and imports. Of a file that is no handler it shows what there is
/// to see, and ends with the reason.
pub(crate) fn inspect(args: InspectArgs) -> anyhow::Result<()> {
    let wasm = component(&args.handler)?;
    let contract = Contract::of_component(&wasm);
    let bytes = wasm.len();
    let loaded = load(args.handler, wasm);

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

fn component(handler: &Path) -> anyhow::Result<Vec<u8>> {
    let name = handler.to_str().unwrap_or_default();
    match wiring::built_in_named(name) {
        Some(component) => Ok(component.to_vec()),
        None => fs::read(handler).with_context(|| format!("{}", handler.display())),
    }
}

fn load(path: PathBuf, wasm: Vec<u8>) -> anyhow::Result<Handler> {
    on_a_runtime(move || {
        let limits = Settings::default().limits;
        let sandbox = wiring::sandbox(1, &limits, None)?;
        let origin = Origin::Dropped(path.to_string_lossy().into_owned());
        let loaded = Handler::load(&sandbox, origin, &wasm, &limits);
        loaded.with_context(|| format!("{} is no handler", path.display()))
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
