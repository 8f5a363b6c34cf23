/// Width and height in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Pixels from left to right, at least 1.
    pub width: u32,
    /// Pixels from top to bottom, at least 1.
    pub height: u32,
}

impl Size {
    /// Width times height.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// The layout of a pixel: 8 bits a channel, sRGB, straight alpha.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PixelFormat {
    /// Luminance.
    Gray8,
    /// Red, green, blue.
    Rgb8,
    /// Red, green, blue, alpha.
    Rgba8,
}

impl PixelFormat {
    /// Bytes of a pixel.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Self::Gray8 => 1,
            Self::Rgb8 => 3,
            Self::Rgba8 => 4,
        }
    }
}

/// Upright pixels, rows from the top down without padding. The length always fits the size.
#[derive(Clone, PartialEq, Debug)]
pub struct Raster {
    size: Size,
    format: PixelFormat,
    pixels: Vec<u8>,
}

impl Raster {
    /// Takes pixels whose length fits the size; `None` where it does not, or a side is 0.
    #[must_use]
    pub fn new(size: Size, format: PixelFormat, pixels: Vec<u8>) -> Option<Self> {
        let length = raster_bytes(size, format)?;
        (length > 0 && length == pixels.len()).then_some(Self {
            size,
            format,
            pixels,
        })
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Its layout.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Its bytes.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Gives up the bytes.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// Tells whether no pixel lets anything shine through.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.format != PixelFormat::Rgba8
            || self.pixels.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX)
    }

    /// The same picture with other pixels for each of its own.
    #[must_use]
    pub(super) fn map<const CHANNELS: usize>(
        &self,
        format: PixelFormat,
        convert: impl Fn(&[u8]) -> [u8; CHANNELS],
    ) -> Self {
        debug_assert_eq!(format.channels(), CHANNELS);
        let pixels = self
            .pixels
            .chunks_exact(self.format.channels())
            .flat_map(convert)
            .collect();
        Self {
            size: self.size,
            format,
            pixels,
        }
    }
}

/// Bytes that a raster of this size takes, where the number can be expressed.
pub(super) fn raster_bytes(size: Size, format: PixelFormat) -> Option<usize> {
    let width = usize::try_from(size.width).ok()?;
    let height = usize::try_from(size.height).ok()?;
    width.checked_mul(height)?.checked_mul(format.channels())
}

/// What a guest gave back, once it is checked.
#[derive(Clone, PartialEq, Debug)]
pub enum Picture {
    /// One picture.
    Still(Raster),
    /// Several, of the same size; at least one.
    Animation {
        /// The whole canvas of each step.
        frames: Vec<Frame>,
        /// How often it is played, the first time included; 0 means for ever.
        loop_count: u32,
    },
}

impl Picture {
    /// The size of all its frames.
    #[must_use]
    pub fn size(&self) -> Size {
        self.first().size()
    }

    /// How many frames there are.
    #[must_use]
    pub fn frame_count(&self) -> usize {
        match self {
            Self::Still(_) => 1,
            Self::Animation { frames, .. } => frames.len(),
        }
    }

    /// Its only or first frame alone.
    #[must_use]
    pub fn into_still(self) -> Self {
        match self {
            Self::Still(raster) => Self::Still(raster),
            Self::Animation { mut frames, .. } => Self::Still(frames.swap_remove(0).raster),
        }
    }

    /// Its only or first frame.
    #[must_use]
    pub fn first(&self) -> &Raster {
        match self {
            Self::Still(raster) => raster,
            Self::Animation { frames, .. } => &frames[0].raster,
        }
    }
}

/// One step of an animation.
#[derive(Clone, PartialEq, Debug)]
pub struct Frame {
    /// The whole canvas.
    pub raster: Raster,
    /// How long it is shown, in milliseconds.
    pub delay_ms: u32,
}
