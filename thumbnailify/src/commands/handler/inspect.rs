use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use thumbnailify_host::{Handler, Origin};

use super::on_a_runtime;
use crate::settings::Settings;
use crate::wiring;

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A `.wasm` file, or the name of a built-in handler.
    #[arg(value_name = "FILE|NAME")]
    handler: PathBuf,
}

/// Shows what a component is, takes and imports.
pub(crate) fn inspect(args: InspectArgs) -> anyhow::Result<()> {
    let wasm = component(&args.handler)?;
    let bytes = wasm.len();
    let summary = on_a_runtime(move || {
        let limits = Settings::default().limits;
        let sandbox = wiring::sandbox(1, &limits, None)?;
        let origin = Origin::Dropped(args.handler.to_string_lossy().into_owned());
        Ok(Handler::load(&sandbox, origin, &wasm, &limits)?.summary())
    })?;
    let mut out = io::stdout().lock();
    writeln!(out, "name      {}", summary.identity.name)?;
    writeln!(out, "version   {}", summary.identity.version)?;
    writeln!(out, "sha256    {}", summary.identity.sha256)?;
    writeln!(out, "size      {bytes} bytes")?;
    for handled in &summary.media_types {
        writeln!(
            out,
            "takes     {} ({})",
            handled.mime,
            handled.extensions.join(", ")
        )?;
    }
    for import in &summary.imports {
        writeln!(out, "imports   {import}")?;
    }
    Ok(())
}

fn component(handler: &Path) -> anyhow::Result<Vec<u8>> {
    let name = handler.to_str().unwrap_or_default();
    match wiring::built_in_named(name) {
        Some(component) => Ok(component.to_vec()),
        None => fs::read(handler).with_context(|| format!("{}", handler.display())),
    }
}
