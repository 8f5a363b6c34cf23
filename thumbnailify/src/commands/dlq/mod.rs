//! `thumbnailify dlq …`: looks into the letters of jobs that were given up, and tries images again.

mod drop;
mod list;
mod retry;
mod show;

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use thumbnailify_core::{DeadLetter, DeadLetters, LetterPlace, MediaId, Ports};

pub(crate) use drop::{DropArgs, drop};
pub(crate) use list::{ListArgs, list};
pub(crate) use retry::{RetryArgs, retry};
pub(crate) use show::{ShowArgs, show};

use crate::settings::{self, Flags, Log, Role};
use crate::{logging, wiring};

/// How many letters are asked for at a time.
const PAGE: u16 = 100;

/// Where the letters are.
#[derive(Debug, Args)]
pub(crate) struct PlaceFlags {
    /// The configuration file [default: ./thumbnailify.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

impl PlaceFlags {
    /// Runs work on the backends that a server with these settings has, whether it runs or not.
    fn run<T>(&self, work: impl AsyncFnOnce(Ports) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let loaded = settings::load(Role::Serve, self.config.as_deref(), &self.flags)?;
        logging::start(&Log {
            filter: "warn".into(),
            ..Log::default()
        })?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        runtime.block_on(async { work(wiring::ports_beside(&loaded.settings).await?).await })
    }
}

/// Which letters are meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Chosen {
    /// The ids of the images.
    #[arg(value_name = "ID")]
    ids: Vec<MediaId>,
    /// All that have a letter.
    #[arg(long)]
    all: bool,
}

impl Chosen {
    /// Does something to each. What fails for one does not keep the others from it.
    async fn each(
        &self,
        letters: &dyn DeadLetters,
        mut act: impl AsyncFnMut(MediaId) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let ids = if self.all {
            let letters = all(letters).await?;
            letters.iter().map(DeadLetter::media_id).collect()
        } else {
            self.ids.clone()
        };
        let mut failed = 0;
        for id in &ids {
            if let Err(error) = act(*id).await {
                say_of(*id, &error);
                failed += 1;
            }
        }
        ensure!(failed == 0, "{failed} of {} failed", ids.len());
        Ok(())
    }
}

#[expect(
    clippy::print_stderr,
    reason = "what goes wrong with one of many is for the person who asked"
)]
fn say_of(id: MediaId, error: &anyhow::Error) {
    eprintln!("{id}: {error:#}");
}

/// All letters, the oldest first.
async fn all(letters: &dyn DeadLetters) -> anyhow::Result<Vec<DeadLetter>> {
    let (mut found, mut next) = (Vec::new(), Some(LetterPlace::START));
    while let Some(after) = next {
        let page = letters.list(after, PAGE).await;
        let page = page.context("the dead letters cannot be read")?;
        found.extend(page.letters);
        next = page.next;
    }
    Ok(found)
}
