use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::toolchain::{TARGET, Toolchain};

/// The profile of the root manifest by which handlers are built.
const PROFILE: &str = "handler";

/// The workspace that holds the handlers' crates.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let bundle = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets it")?);
        let root = bundle
            .ancestors()
            .nth(2)
            .context("plugins/bundle is in the workspace")?;
        Ok(Self { root: root.into() })
    }

    /// Tells the running cargo what the components are made of.
    pub(crate) fn rerun_if_changed(&self, names: &[&str]) {
        let crates = names.iter().map(|name| format!("plugins/{name}"));
        let rest = [
            "plugins/bundle/build",
            "plugins/sdk",
            "wit",
            "Cargo.toml",
            "Cargo.lock",
        ];
        for path in crates.chain(rest.map(String::from)) {
            println!("cargo::rerun-if-changed={}", self.root.join(path).display());
        }
    }

    /// Builds the named handlers and gives the paths of their core modules.
    pub(crate) fn build(
        &self,
        toolchain: &Toolchain,
        names: &[&str],
        out_dir: &Path,
    ) -> Result<Vec<PathBuf>> {
        let target_dir = target_dir(out_dir);
        let mut cargo = self.cargo(toolchain, &target_dir);
        cargo.args(
            names
                .iter()
                .flat_map(|name| ["-p".into(), format!("thumbnailify-{name}")]),
        );
        let status = cargo
            .status()
            .with_context(|| toolchain.cargo.display().to_string())?;
        ensure!(
            status.success(),
            "the handlers do not build for {TARGET}: see the errors above"
        );
        let folder = target_dir.join(TARGET).join(PROFILE);
        Ok(names
            .iter()
            .map(|name| folder.join(format!("thumbnailify_{name}.wasm")))
            .collect())
    }

    fn cargo(&self, toolchain: &Toolchain, target_dir: &Path) -> Command {
        let mut cargo = Command::new(&toolchain.cargo);
        forget_running_build(&mut cargo);
        cargo.current_dir(&self.root);
        cargo.args([
            "build",
            "--locked",
            "--lib",
            "--target",
            TARGET,
            "--profile",
            PROFILE,
        ]);
        cargo.arg("--target-dir").arg(target_dir);
        cargo.env("RUSTC", &toolchain.rustc);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", self.rustc_flags());
        if let Some(linker) = &toolchain.std_linker {
            cargo.arg("-Zbuild-std=std,panic_abort");
            cargo.env("RUSTC_BOOTSTRAP", "1");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }

    /// SIMD, and no path of this machine in the panic messages: the same source makes the same component.
    fn rustc_flags(&self) -> String {
        let mut flags = vec!["-Ctarget-feature=+simd128".into()];
        flags.push(format!("--remap-path-prefix={}=.", self.root.display()));
        if let Some(cargo_home) = env::var_os("CARGO_HOME") {
            let registry = Path::new(&cargo_home).join("registry/src");
            flags.push(format!("--remap-path-prefix={}=crates", registry.display()));
        }
        flags.join("\u{1f}")
    }
}

/// A folder for the second cargo inside the target folder of the running one, shared by all profiles.
///
/// It cannot be the same folder: the running cargo holds its lock until this program ends.
fn target_dir(out_dir: &Path) -> PathBuf {
    let tagged = out_dir
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    tagged.unwrap_or(out_dir).join("handlers-build")
}

/// Removes what the running cargo (or clippy, or a user) says about the build for the host.
fn forget_running_build(cargo: &mut Command) {
    const KEPT: &[&str] = &[
        "CARGO_HOME",
        "CARGO_HTTP_",
        "CARGO_NET_",
        "CARGO_REGISTRIES_",
    ];
    const PREFIXES: &[&str] = &["CARGO", "CLIPPY", "DEP_", "RUSTC", "RUSTDOC", "RUSTFLAGS"];
    const NAMES: &[&str] = &[
        "HOST",
        "LD_LIBRARY_PATH",
        "OUT_DIR",
        "RUSTUP_TOOLCHAIN",
        "TARGET",
    ];
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let starts = |prefix: &&str| text.starts_with(*prefix);
        let foreign = PREFIXES.iter().any(starts) || NAMES.contains(&text.as_ref());
        if foreign && !KEPT.iter().any(starts) {
            cargo.env_remove(name);
        }
    }
}
