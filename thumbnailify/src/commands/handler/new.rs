use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use thumbnailify_templates::{File, LANGUAGES, Name, project};

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The name of the handler: lower-case letters, digits and hyphens.
    name: Name,
    /// The language that it will be written in.
    #[arg(long, value_name = "LANGUAGE", value_parser = languages())]
    lang: String,
    /// The folder of the project [default: ./NAME].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

fn languages() -> PossibleValuesParser {
    PossibleValuesParser::new(LANGUAGES.iter().map(|language| language.name))
}

/// Writes the project of a new handler, and says what to do next.
pub(crate) fn new(args: &NewArgs) -> anyhow::Result<()> {
    let folder = args.dir.clone();
    let folder = folder.unwrap_or_else(|| args.name.as_str().into());
    let mut languages = LANGUAGES.iter();
    let language = languages.find(|language| language.name == args.lang);
    let language = language.context("the language has a template")?;
    refuse_occupied(&folder)?;
    for file in project(language, &args.name) {
        write(&folder, &file).with_context(|| format!("{}: {}", folder.display(), file.path))?;
    }
    let (folder, name) = (folder.display(), &args.name);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{folder}/ is a handler for image/x-{name} in {}",
        language.name
    )?;
    writeln!(out, "build {name}.wasm:  make -C {folder}")?;
    writeln!(out, "what next:  {folder}/README.md")?;
    Ok(())
}

/// Nothing that is there is ever written over.
fn refuse_occupied(folder: &Path) -> anyhow::Result<()> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("{}", folder.display())),
    };
    if entries.next().is_some() {
        bail!(
            "{} is there already and not empty; choose another folder with --dir",
            folder.display()
        );
    }
    Ok(())
}

fn write(folder: &Path, file: &File) -> io::Result<()> {
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, &file.bytes)
}
