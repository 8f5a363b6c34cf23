use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::{HandlerFlags, candidate, on_a_runtime};

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A `.wasm` file, or the name of a built-in handler.
    #[arg(value_name = "FILE|NAME")]
    handler: PathBuf,
    #[command(flatten)]
    flags: HandlerFlags,
}

/// Shows what a component is, takes and imports.
pub(crate) fn inspect(args: InspectArgs) -> anyhow::Result<()> {
    let bytes = candidate(&args.handler)?.wasm.as_slice().len();
    let summary = on_a_runtime(move || {
        let settings = args.flags.settings()?;
        Ok(args.flags.load(&settings, &args.handler)?.summary())
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
