use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::cases::{CASES, Case};

/// Where `scripts/bench` puts the pictures and the peers.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.tools/bench");
/// How long one picture is measured where nothing else is said. The whole takes some minutes then.
const PER_CASE: Duration = Duration::from_secs(5);

/// What is measured and how long.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Handlers that take the place of built-in ones: `--component NAME=FILE`, a component or a core module.
    pub(crate) components: Vec<(String, PathBuf)>,
    /// How often each picture is measured: `--repeats N`. Else as often as [`Self::per_case`] allows.
    pub(crate) repeats: Option<usize>,
    /// How long each picture is measured: `--seconds N`.
    pub(crate) per_case: Duration,
    folder: PathBuf,
    filters: Vec<String>,
}

impl Arguments {
    /// Reads the command line. What is no option is a part of a picture's or the name of a handler.
    pub(crate) fn parse(words: &[&str]) -> Result<Self> {
        let mut arguments = Self {
            components: Vec::new(),
            repeats: None,
            per_case: PER_CASE,
            folder: FOLDER.into(),
            filters: Vec::new(),
        };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{word} needs a value"))
            };
            match word {
                // Cargo says it to every benchmark.
                "--bench" => {}
                "--component" => arguments.components.push(component(value()?)?),
                "--repeats" => arguments.repeats = Some(value()?.parse()?),
                "--seconds" => arguments.per_case = Duration::from_secs(value()?.parse()?),
                "--folder" => arguments.folder = value()?.into(),
                option if option.starts_with('-') => bail!("there is no option {option}"),
                filter => arguments.filters.push(filter.to_owned()),
            }
        }
        Ok(arguments)
    }

    /// The chosen pictures.
    pub(crate) fn cases(&self) -> impl Iterator<Item = &'static Case> {
        let is_chosen = |case: &&Case| {
            let mut filters = self.filters.iter();
            self.filters.is_empty() || filters.any(|filter| case.is_called(filter))
        };
        CASES.iter().filter(is_chosen)
    }

    /// The file of a picture.
    pub(crate) fn picture(&self, case: &Case) -> PathBuf {
        self.folder.join("pictures").join(case.file)
    }

    /// The Python that has the peers.
    pub(crate) fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }
}

fn component(value: &str) -> Result<(String, PathBuf)> {
    let (name, file) = value
        .split_once('=')
        .context("--component needs NAME=FILE")?;
    Ok((name.to_owned(), Path::new(file).to_owned()))
}
