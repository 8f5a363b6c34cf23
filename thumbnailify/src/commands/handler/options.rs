use clap::Args;
use thumbnailify_core::{
    Color, Fit, Frames, OutputFormat, Quality, Side, ThumbnailOptions, Upscale,
};

/// What the thumbnail is to be like, by the names that the API has for it. What is not given is as the
/// configuration has it.
#[derive(Debug, Args)]
pub(crate) struct OptionFlags {
    /// Width of the box in pixels [default: follows from the height, or 100].
    #[arg(long, value_name = "PIXELS")]
    width: Option<Side>,
    /// Height of the box in pixels [default: follows from the width, or 100].
    #[arg(long, value_name = "PIXELS")]
    height: Option<Side>,
    /// How the picture is brought into the box: contain, cover or fill [default: contain].
    #[arg(long, value_name = "FIT")]
    fit: Option<Fit>,
    /// Whether a small picture is enlarged: true or false [default: false].
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    upscale: Option<Upscale>,
    /// What shines through, such as ff8800 [default: none, and white in JPEG].
    #[arg(long, value_name = "COLOR")]
    background: Option<Color>,
    /// What it is encoded as: same, jpeg, png, gif or webp [default: same].
    #[arg(long, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// Quality of JPEG and WebP, 1 to 100 [default: 80].
    #[arg(long, value_name = "NUMBER")]
    quality: Option<Quality>,
    /// Which frames are shown: auto, first or all [default: auto, all of a GIF].
    #[arg(long, value_name = "FRAMES")]
    frames: Option<Frames>,
}

impl From<&OptionFlags> for ThumbnailOptions {
    fn from(flags: &OptionFlags) -> Self {
        Self {
            width: flags.width,
            height: flags.height,
            fit: flags.fit,
            upscale: flags.upscale,
            background: flags.background,
            format: flags.format,
            quality: flags.quality,
            frames: flags.frames,
        }
    }
}
