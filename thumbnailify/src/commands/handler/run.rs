use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use thumbnailify_backends::FileSource;
use thumbnailify_core::MediaType;
use thumbnailify_host::{Made, Registry, Render, Thumbnailer};
use tokio_util::sync::CancellationToken;

use super::options::OptionFlags;
use super::{HandlerFlags, on_a_runtime_that_logs};

/// Warnings, and every line of the handler's own log: who runs one file wants to know.
const LOG_FILTER: &str = "warn,thumbnailify_host::thumbnailer=debug";

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The file to make a thumbnail of.
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where the thumbnail goes.
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The media type of the file [default: by its extension].
    #[arg(long = "type", value_name = "TYPE")]
    media_type: Option<MediaType>,
    #[command(flatten)]
    options: OptionFlags,
    #[command(flatten)]
    flags: HandlerFlags,
}

/// Makes one thumbnail of one file.
pub(crate) fn run(args: RunArgs) -> anyhow::Result<()> {
    let out_path = args.output.clone();
    let made = on_a_runtime_that_logs(LOG_FILTER, move || make(&args))?;
    fs::write(&out_path, &made.thumbnail.bytes)
        .with_context(|| format!("{}", out_path.display()))?;
    let Made {
        thumbnail,
        source_size,
        ran,
    } = made;
    writeln!(
        io::stdout(),
        "{}: {} {}x{}, {} bytes, from {}x{} by {} {} in {} ms of CPU and {} MiB of memory",
        out_path.display(),
        thumbnail.format.media_type(),
        thumbnail.size.width,
        thumbnail.size.height,
        thumbnail.bytes.len(),
        source_size.width,
        source_size.height,
        ran.handler.name,
        ran.handler.version,
        thousandths(ran.cost.cpu_us),
        thousandths(ran.cost.peak_memory_bytes / 1_024 * 1_000 / 1_024),
    )?;
    Ok(())
}

fn make(args: &RunArgs) -> anyhow::Result<Made> {
    let source =
        FileSource::open(&args.input).with_context(|| format!("{}", args.input.display()))?;
    let settings = args.flags.settings()?;
    let registry = args.flags.registry(&settings)?;
    let media_type = match &args.media_type {
        Some(media_type) => media_type.clone(),
        None => by_extension(&registry, &args.input)?,
    };
    let handler = registry.handler_for(&media_type);
    let render = Render {
        source: Box::new(source),
        handler: handler.with_context(|| format!("no handler takes {media_type}"))?,
        media_type,
        options: (&args.options).into(),
        upload: "".into(),
        cancel: CancellationToken::new(),
    };
    let made = Thumbnailer::new(registry, settings.thumbnail).make(render);
    made.map_err(|failure| anyhow!("{}: {}", args.input.display(), failure.message))
}

fn by_extension(registry: &Registry, path: &Path) -> anyhow::Result<MediaType> {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let media_type = registry.media_type_of(&extension);
    media_type.with_context(|| {
        format!("no handler declares the extension `{extension}`; name the media type with --type")
    })
}

/// A number of thousandths with one decimal place.
fn thousandths(count: u64) -> String {
    let tenths = count.saturating_add(50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}
