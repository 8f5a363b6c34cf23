use thumbnailify_core::{Color, Fit, Frames, MediaType, OutputFormat, Quality, Upscale};

use super::raster::Size;

/// What one thumbnail is to be like.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wanted {
    /// The box.
    pub bounds: Size,
    /// How the picture is brought into the box.
    pub fit: Fit,
    /// Whether a small picture is enlarged.
    pub upscale: Upscale,
    /// What shines through, where nothing is to stay transparent.
    pub background: Option<Color>,
    /// What it is encoded as.
    pub format: OutputFormat,
    /// Quality of JPEG and WebP.
    pub quality: Quality,
    /// Which frames are shown.
    pub frames: Frames,
}

impl Wanted {
    /// Tells whether more than one frame of an upload of this type is of use.
    #[must_use]
    pub fn moves(&self, upload: &MediaType) -> bool {
        match self.frames {
            Frames::First => false,
            Frames::All => match self.format {
                OutputFormat::Same => upload.as_str() != "image/jpeg",
                OutputFormat::Jpeg => false,
                OutputFormat::Png | OutputFormat::Gif | OutputFormat::Webp => true,
            },
            Frames::Auto => {
                upload.as_str() == "image/gif"
                    && matches!(
                        self.format,
                        OutputFormat::Same | OutputFormat::Gif | OutputFormat::Webp
                    )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ThumbnailSpec;

    fn check(frames: Frames, format: OutputFormat, upload: &str, expected: bool) {
        let wanted = Wanted {
            frames,
            format,
            ..ThumbnailSpec::default().wanted(&Default::default())
        };
        let moves = wanted.moves(&upload.parse().unwrap());
        assert_eq!(moves, expected, "{frames:?} {format:?} {upload}");
    }

    #[test]
    fn a_gif_moves_by_itself_where_it_stays_small() {
        check(Frames::Auto, OutputFormat::Same, "image/gif", true);
        check(Frames::Auto, OutputFormat::Webp, "image/gif", true);
        check(Frames::Auto, OutputFormat::Png, "image/gif", false);
        check(Frames::Auto, OutputFormat::Gif, "image/png", false);
        check(Frames::First, OutputFormat::Gif, "image/gif", false);
    }

    #[test]
    fn all_frames_are_shown_where_the_format_can() {
        check(Frames::All, OutputFormat::Same, "image/png", true);
        check(Frames::All, OutputFormat::Png, "image/gif", true);
        check(Frames::All, OutputFormat::Same, "video/mp4", true);
        check(Frames::All, OutputFormat::Jpeg, "image/gif", false);
        check(Frames::All, OutputFormat::Same, "image/jpeg", false);
    }
}
