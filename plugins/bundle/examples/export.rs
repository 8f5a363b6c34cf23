//! Writes the built-in components as files into the folder that is named on the command line.

use std::path::PathBuf;
use std::{env, fs, io};

use thumbnailify_bundle::HANDLERS;

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("name the folder to write into"))?;
    fs::create_dir_all(&folder)?;
    for handler in HANDLERS {
        fs::write(
            folder.join(handler.name).with_extension("wasm"),
            handler.component,
        )?;
    }
    Ok(())
}
