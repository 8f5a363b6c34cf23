use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

use crate::table::files_in;

/// Where the SDK finds the contract in this repository, and where in a project, both from its own folder.
const WIT_HERE: &str = "\"../../wit/1.0\"";
const WIT_THERE: &str = "\"../wit\"";

/// Writes the SDK as a crate that needs nothing around it but `wit/` in the folder above.
pub(crate) fn write_standalone(repository: &Path, folder: &Path) -> Result<()> {
    let sdk = repository.join("plugins/sdk");
    for file in files_in(&sdk)? {
        let path = folder.join(&file.name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::copy(&file.path, path)?;
    }
    let workspace = read_manifest(&repository.join("Cargo.toml"))?;
    let manifest = standalone(&read_manifest(&sdk.join("Cargo.toml"))?, &workspace)?;
    fs::write(folder.join("Cargo.toml"), manifest.to_string())?;
    point_at_contract(&folder.join("src/bindings.rs"))
}

fn read_manifest(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.parse().with_context(|| path.display().to_string())
}

/// Puts what a manifest inherits from the workspace in its place.
fn standalone(manifest: &Table, workspace: &Table) -> Result<Table> {
    let workspace = table(workspace, "workspace")?;
    // Of its tables these two are all that counts elsewhere: lints are a concern of this repository.
    let package = inherited(table(manifest, "package")?, table(workspace, "package")?)?;
    let dependencies = inherited(
        table(manifest, "dependencies")?,
        table(workspace, "dependencies")?,
    )?;
    Ok(Table::from_iter([
        ("package".to_owned(), Value::Table(package)),
        ("dependencies".to_owned(), Value::Table(dependencies)),
    ]))
}

/// Replaces each `key.workspace = true` by the workspace's value.
fn inherited(items: &Table, workspace: &Table) -> Result<Table> {
    let resolved = items.iter().map(|(key, value)| {
        let value = match value.as_table() {
            Some(table) if table.contains_key("workspace") => {
                ensure!(
                    table.len() == 1,
                    "{key}: only `workspace = true` is understood"
                );
                workspace
                    .get(key)
                    .with_context(|| format!("{key} is in no workspace table"))?
            }
            _ => value,
        };
        Ok((key.clone(), value.clone()))
    });
    resolved.collect()
}

fn table<'a>(parent: &'a Table, key: &str) -> Result<&'a Table> {
    let table = parent.get(key).and_then(Value::as_table);
    table.with_context(|| format!("there is no [{key}]"))
}

fn point_at_contract(bindings: &Path) -> Result<()> {
    let source = fs::read_to_string(bindings)?;
    ensure!(
        source.matches(WIT_HERE).count() == 1,
        "plugins/sdk/src/bindings.rs does not name {WIT_HERE} once"
    );
    fs::write(bindings, source.replace(WIT_HERE, WIT_THERE))?;
    Ok(())
}
