use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

pub(crate) const WHAT_TO_INSTALL: &str = "building the handlers needs Rust's wasm32-unknown-unknown \
    target: run `rustup target add wasm32-unknown-unknown`, or on Debian \
    `apt install rustc-web cargo-web rust-web-src lld-22`";

/// A Rust distribution of the operating system, which has the sources of the standard library beside it.
const DISTRIBUTION: &str = "/usr";
const DISTRIBUTION_LINKERS: &[&str] = &["wasm-ld", "wasm-ld-22", "wasm-ld-21", "wasm-ld-20"];

/// A cargo and a rustc that can build for [`TARGET`].
pub(crate) struct Toolchain {
    pub(crate) cargo: PathBuf,
    pub(crate) rustc: PathBuf,
    /// Set where the standard library must be built as well, which takes half a minute once.
    pub(crate) std_linker: Option<PathBuf>,
}

impl Toolchain {
    /// Takes the toolchain of the running build if it has the target, else that of the distribution.
    pub(crate) fn find() -> Result<Option<Self>> {
        let running = Self {
            cargo: set_by_cargo("CARGO")?.into(),
            rustc: set_by_cargo("RUSTC")?.into(),
            std_linker: None,
        };
        if running.has_target() {
            return Ok(Some(running));
        }
        Ok(Self::of_distribution())
    }

    fn of_distribution() -> Option<Self> {
        let bin = Path::new(DISTRIBUTION).join("bin");
        let sources = Path::new(DISTRIBUTION).join("lib/rustlib/src/rust/library/Cargo.lock");
        let mut toolchain = Self {
            cargo: bin.join("cargo"),
            rustc: bin.join("rustc"),
            std_linker: None,
        };
        if toolchain.has_target() && toolchain.cargo.exists() {
            return Some(toolchain);
        }
        let linkers = DISTRIBUTION_LINKERS.iter().map(|linker| bin.join(linker));
        toolchain.std_linker = Some(linkers.into_iter().find(|linker| linker.exists())?);
        let complete = toolchain.cargo.exists() && toolchain.rustc.exists() && sources.exists();
        complete.then_some(toolchain)
    }

    fn has_target(&self) -> bool {
        let mut rustc = Command::new(&self.rustc);
        let asked = rustc
            .args(["--print=target-libdir", "--target", TARGET])
            .output();
        asked.is_ok_and(|answer| {
            let folder = String::from_utf8_lossy(&answer.stdout);
            fs::read_dir(folder.trim()).is_ok_and(|mut entries| entries.next().is_some())
        })
    }
}

fn set_by_cargo(name: &str) -> Result<OsString> {
    env::var_os(name).with_context(|| format!("cargo sets {name}"))
}
