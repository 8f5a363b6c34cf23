use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::Args;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::ComponentEncoder;

use super::contract::Contract;

/// The first bytes of every WebAssembly file.
const MAGIC: &[u8] = b"\0asm";
/// What follows them in a component: version 13, layer 1.
const COMPONENT: &[u8] = &[13, 0, 1, 0];

#[derive(Debug, Args)]
pub(crate) struct WrapArgs {
    /// The core module that a compiler has made.
    #[arg(value_name = "CORE.wasm")]
    module: PathBuf,
    /// Where the component goes.
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
}

/// Makes a component of a core module, which carries its WIT in a custom section.
///
/// Calls into the first version of WASI, as a libc makes them, are led through an adapter to the second. What
/// of it the module does not call is left out.
pub(crate) fn wrap(args: &WrapArgs) -> anyhow::Result<()> {
    let name = args.module.display();
    let module = fs::read(&args.module).with_context(|| format!("{name}"))?;
    let component = wrapped(&module).with_context(|| format!("{name}"))?;
    fs::write(&args.output, component).with_context(|| format!("{}", args.output.display()))
}

fn wrapped(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    refuse_other_kinds(module)?;
    refuse_without_contract(module)?;
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .encode()
        .context("it cannot be made a component")?;
    Ok(component)
}

fn refuse_other_kinds(module: &[u8]) -> anyhow::Result<()> {
    match module.strip_prefix(MAGIC) {
        None => bail!("it is not a WebAssembly module"),
        Some(rest) if rest.starts_with(COMPONENT) => {
            bail!("it is a component already, and can be used as it is")
        }
        Some(_) => Ok(()),
    }
}

fn refuse_without_contract(module: &[u8]) -> anyhow::Result<()> {
    let contract = Contract::of_module(module)?;
    ensure!(
        !contract.exports.is_empty(),
        "it does not say which interfaces it has: no WIT is embedded in it. In C, link \
         media_handler_component_type.o; in Rust, use the SDK"
    );
    ensure!(
        contract.has_handler(),
        "it is no handler: it exports {} instead of {}",
        contract.exports.join(", "),
        Contract::HANDLER,
    );
    Ok(())
}
