use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use thumbnailify_templates::C_BINDINGS;

#[derive(Debug, Subcommand)]
pub(crate) enum BindingsCommand {
    /// A header, its implementation, and an object file that carries the WIT.
    C {
        /// The folder to write into; it is made if it is not there.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Writes the contract as code.
pub(crate) fn bindings(command: &BindingsCommand) -> anyhow::Result<()> {
    match command {
        BindingsCommand::C { folder } => {
            write(folder, C_BINDINGS).with_context(|| format!("{}", folder.display()))
        }
    }
}

fn write(folder: &Path, files: &[(&str, &[u8])]) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, contents) in files {
        fs::write(folder.join(name), contents)?;
    }
    Ok(())
}
