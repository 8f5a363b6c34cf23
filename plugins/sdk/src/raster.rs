use crate::{Failure, Output, Picture, PixelFormat, Raster, Size};

impl PixelFormat {
    /// How many bytes a pixel has.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Self::Gray8 => 1,
            Self::Rgb8 => 3,
            Self::Rgba8 => 4,
        }
    }
}

impl Size {
    /// How many pixels it holds.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The same size lying on its side.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            width: self.height,
            height: self.width,
        }
    }
}

impl Raster {
    /// How many bytes a raster of this size and format has.
    ///
    /// # Errors
    ///
    /// More than this machine can address is too large.
    pub fn byte_len(size: Size, format: PixelFormat) -> Result<usize, Failure> {
        let bytes = size.pixels().checked_mul(format.channels() as u64);
        let bytes = bytes.and_then(|bytes| isize::try_from(bytes).ok());
        bytes
            .map(isize::unsigned_abs)
            .ok_or_else(|| Failure::too_large(size))
    }

    /// The same picture as RGBA, opaque where it had no alpha.
    #[must_use]
    pub fn into_rgba(self) -> Self {
        let opaque = u8::MAX;
        let pixels = match self.format {
            PixelFormat::Rgba8 => self.pixels,
            PixelFormat::Gray8 => {
                let pixels = self.pixels.iter();
                pixels
                    .flat_map(|gray| [*gray, *gray, *gray, opaque])
                    .collect()
            }
            PixelFormat::Rgb8 => {
                let pixels = self.pixels.as_chunks().0.iter();
                pixels
                    .flat_map(|[red, green, blue]| [*red, *green, *blue, opaque])
                    .collect()
            }
        };
        Self {
            format: PixelFormat::Rgba8,
            pixels,
            ..self
        }
    }

    /// How many bytes one row has.
    #[must_use]
    pub fn row_len(&self) -> usize {
        self.size.width as usize * self.format.channels()
    }
}

impl Failure {
    /// A picture so large that the handler will not try.
    #[must_use]
    pub fn too_large(size: Size) -> Self {
        Self::TooLarge(format!(
            "A picture of {} x {} pixels is too large.",
            size.width, size.height
        ))
    }
}

impl Picture {
    /// An answer of one raster; `source_size` is that of the upright source before any shrinking.
    #[must_use]
    pub fn still(raster: Raster, source_size: Size) -> Self {
        Self {
            output: Output::Still(raster),
            source_size,
            metadata: Vec::new(),
        }
    }
}
