//! Builds the built-in handlers for WebAssembly and wraps each as a component.
//!
//! The steps: find a toolchain that can build for Wasm, run a second cargo with it in a target folder of its
//! own, wrap the modules, and write a table of them for `lib.rs` to include.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script hears cargo by the environment and answers on standard output"
)]

mod component;
mod guests;
mod toolchain;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

use guests::Workspace;
use toolchain::Toolchain;

const BUILT_IN: &[&str] = &["png", "jpeg", "gif"];
const FAULTY: &str = "faulty";

fn main() -> Result<()> {
    let mut names = BUILT_IN.to_vec();
    if env::var_os("CARGO_FEATURE_FAULTY").is_some() {
        names.push(FAULTY);
    }
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    let workspace = Workspace::find()?;
    workspace.rerun_if_changed(&names);

    let Some(toolchain) = Toolchain::find()? else {
        // Cargo shows this line alone, and nothing else of what this program has said.
        println!("cargo::error={}", toolchain::WHAT_TO_INSTALL);
        return Ok(());
    };
    let modules = workspace.build(&toolchain, &names, &out_dir)?;
    for (name, module) in names.iter().zip(&modules) {
        let path = out_dir.join(name).with_extension("wasm");
        let component = component::wrapped(module).with_context(|| format!("handler {name}"))?;
        fs::write(&path, component).with_context(|| path.display().to_string())?;
    }
    write_table(&out_dir)
}

/// Writes the list of the built-in handlers as Rust, each with the bytes of its component.
fn write_table(out_dir: &Path) -> Result<()> {
    let mut table = String::from("&[\n");
    for name in BUILT_IN {
        let path = out_dir.join(name).with_extension("wasm");
        table += &format!("BuiltIn {{ name: {name:?}, component: include_bytes!({path:?}) }},\n");
    }
    table += "]\n";
    fs::write(out_dir.join("handlers.rs"), table).context("handlers.rs")
}
