use std::io::Write;

use anyhow::ensure;
use clap::Args;

use super::{Chosen, PlaceFlags};

#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    place: PlaceFlags,
}

/// Removes letters. The images stay as they are.
pub(crate) fn drop(args: &DropArgs) -> anyhow::Result<()> {
    args.place.run(async |ports| {
        let letters = &*ports.dead_letters;
        let drop_one = async |id| {
            ensure!(letters.remove(id).await?, "there is no dead letter of it");
            Ok(writeln!(std::io::stdout(), "{id}: dropped")?)
        };
        args.chosen.each(letters, drop_one).await
    })
}
