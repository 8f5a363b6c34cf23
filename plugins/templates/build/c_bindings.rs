use std::fs;
use std::path::Path;

use anyhow::Result;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

const WORLD: &str = "media-handler";

/// Writes the contract as C: a header, its implementation, and an object file that carries the WIT.
pub(crate) fn write(wit: &Path, folder: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let world = resolve.select_world(&[package], Some(WORLD))?;
    let mut files = Files::default();
    let mut generator = wit_bindgen_c::Opts::default().build();
    generator.generate(&mut resolve, world, &mut files)?;
    for (name, contents) in files.iter() {
        fs::write(folder.join(name), contents)?;
    }
    Ok(())
}
