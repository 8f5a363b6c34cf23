//! One file per command.

pub(crate) mod dlq;
mod doctor;
pub(crate) mod handler;
mod health;
pub(crate) mod roles;
mod timestamp;

pub(crate) use doctor::{Repair, doctor};
pub(crate) use health::health;

use std::io::Write;

use thumbnailify_host::sandbox::Effort;

use crate::Settings;

/// Prints the settings as a configuration file.
pub(crate) fn print_config(settings: &Settings) -> anyhow::Result<()> {
    std::io::stdout().write_all(toml::to_string(settings)?.as_bytes())?;
    Ok(())
}

/// Compiles the component on standard input.
pub(crate) fn compile_handler(memory_mib: u32, cpu_s: u32, effort: Effort) -> anyhow::Result<()> {
    Ok(thumbnailify_host::sandbox::compile_here(
        memory_mib, cpu_s, effort,
    )?)
}
