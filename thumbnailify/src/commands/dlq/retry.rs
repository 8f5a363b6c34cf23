use std::io::Write;

use anyhow::bail;
use clap::Args;
use thumbnailify_core::{MediaId, Ports, Trace, TryAgain, try_again};

use super::{Chosen, PlaceFlags};

#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    place: PlaceFlags,
}

/// Queues images in Error once more and removes their letters.
pub(crate) fn retry(args: &RetryArgs) -> anyhow::Result<()> {
    args.place.run(async |ports| {
        let letters = &*ports.dead_letters;
        args.chosen
            .each(letters, async |id| retry_one(&ports, id).await)
            .await
    })
}

async fn retry_one(ports: &Ports, id: MediaId) -> anyhow::Result<()> {
    match try_again(ports, id, Trace::default()).await? {
        TryAgain::Queued(_) => Ok(writeln!(std::io::stdout(), "{id}: queued again")?),
        TryAgain::NotFailed(state) => {
            bail!(
                "it is in state {} and not in Error; `dlq drop` removes the letter",
                state.as_str()
            )
        }
        TryAgain::OriginalGone => {
            bail!("its upload is no longer kept; `dlq drop` removes the letter")
        }
        TryAgain::Unknown => bail!("there is no such image; `dlq drop` removes the letter"),
    }
}
