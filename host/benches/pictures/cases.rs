use thumbnailify_host::Limits;
use thumbnailify_host::picture::Format;

/// What is measured: a file, and whether a moving thumbnail is wanted.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) file: &'static str,
    pub(crate) kind: Kind,
}

/// Pictures that take about the same way through a decoder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Baseline of 12 to 24 megapixels.
    LargeJpeg,
    /// Progressive of 12 to 24 megapixels.
    LargeProgressive,
    /// Baseline of 0.3 to 2 megapixels.
    WebJpeg,
    /// Progressive of 0.3 to 2 megapixels.
    WebProgressive,
    /// Any kind.
    Png,
    /// The first frame of an animation, as GIF.
    StillGif,
    /// The first frame as PNG. The choice of a palette, which takes libvips most of its time, is left out.
    StillGifToPng,
    /// All frames.
    MovingGif,
}

pub(crate) const CASES: &[Case] = &[
    case("photo12.jpg", Kind::LargeJpeg),
    case("dense12.jpg", Kind::LargeJpeg),
    case("photo24.jpg", Kind::LargeJpeg),
    case("dense24.jpg", Kind::LargeJpeg),
    case("photo12p.jpg", Kind::LargeProgressive),
    case("dense12p.jpg", Kind::LargeProgressive),
    case("photo24p.jpg", Kind::LargeProgressive),
    case("dense24p.jpg", Kind::LargeProgressive),
    case("web2.jpg", Kind::WebJpeg),
    case("web1.jpg", Kind::WebJpeg),
    case("web05.jpg", Kind::WebJpeg),
    case("web03.jpg", Kind::WebJpeg),
    case("web2p.jpg", Kind::WebProgressive),
    case("web1p.jpg", Kind::WebProgressive),
    case("web05p.jpg", Kind::WebProgressive),
    case("web03p.jpg", Kind::WebProgressive),
    case("rgb12.png", Kind::Png),
    case("rgb1.png", Kind::Png),
    case("rgba4.png", Kind::Png),
    case("pal4.png", Kind::Png),
    case("rgb16_4.png", Kind::Png),
    case("grey4.png", Kind::Png),
    case("rgba16_4.png", Kind::Png),
    case("screen2.png", Kind::Png),
    case("anim50.gif", Kind::StillGif),
    case("ui50.gif", Kind::StillGif),
    case("anim50.gif", Kind::StillGifToPng),
    case("ui50.gif", Kind::StillGifToPng),
    case("anim50.gif", Kind::MovingGif),
    case("ui50.gif", Kind::MovingGif),
];

const fn case(file: &'static str, kind: Kind) -> Case {
    Case { file, kind }
}

impl Case {
    /// How it is called in the table.
    pub(crate) fn name(&self) -> String {
        match self.kind {
            Kind::MovingGif => format!("{}, all frames", self.file),
            Kind::StillGif => format!("{}, first frame", self.file),
            Kind::StillGifToPng => format!("{}, first frame as PNG", self.file),
            _ => self.file.to_owned(),
        }
    }

    /// Tells whether the filter is part of its name or the name of its handler.
    pub(crate) fn is_called(&self, filter: &str) -> bool {
        self.name().contains(filter) || self.handler() == filter
    }

    /// The name of its handler.
    pub(crate) fn handler(&self) -> &'static str {
        match self.kind {
            Kind::Png => "png",
            Kind::StillGif | Kind::StillGifToPng | Kind::MovingGif => "gif",
            _ => "jpeg",
        }
    }

    /// Its media type.
    pub(crate) fn media_type(&self) -> String {
        format!("image/{}", self.handler())
    }

    /// What the thumbnail is encoded as.
    pub(crate) fn format(&self) -> Format {
        match self.kind {
            Kind::Png | Kind::StillGifToPng => Format::Png,
            Kind::StillGif | Kind::MovingGif => Format::Gif,
            _ => Format::Jpeg,
        }
    }

    /// How many frames are wanted at most.
    pub(crate) fn max_frames(&self) -> u32 {
        match self.kind {
            Kind::MovingGif => Limits::default().frames,
            _ => 1,
        }
    }
}
