//! The picture decoded in full, by zune-jpeg.

use std::io::{BufRead, Seek};

use thumbnailify_sdk::{
    BlobReader, CmykToRgb, Failure, PixelFormat, Raster, Shrink, Size, Source, to_srgb,
};
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;
use zune_jpeg::{ImageInfo, JpegDecoder};

const MAX_PIXELS: u64 = 64 << 20;

/// Decoded pixels, and for progressive files the coefficients of the whole picture beside them.
const MAX_DECODED_BYTES: u64 = 400 << 20;
const COEFFICIENT_BYTES: u64 = 2;

/// How the samples of the decoded picture are to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    Gray,
    Rgb,
    /// Inks, as Adobe stores them: 255 is no ink.
    Cmyk,
    /// The same, with the coloured inks as luma and chroma.
    Ycck,
}

impl Layout {
    /// What the decoder can give for this file.
    pub(crate) fn of<R: BufRead + Seek>(
        decoder: &JpegDecoder<R>,
        info: &ImageInfo,
    ) -> Result<Self, Failure> {
        match (info.components, decoder.input_colorspace()) {
            (1, _) => Ok(Self::Gray),
            (4, Some(ColorSpace::CMYK)) => Ok(Self::Cmyk),
            (4, Some(ColorSpace::YCCK)) => Ok(Self::Ycck),
            (3, _) => Ok(Self::Rgb),
            (count, _) => Err(Failure::Unsupported(format!(
                "JPEG files with {count} colour components are not supported."
            ))),
        }
    }

    pub(crate) fn is_cmyk(self) -> bool {
        matches!(self, Self::Cmyk | Self::Ycck)
    }

    fn color_space(self) -> ColorSpace {
        match self {
            Self::Gray => ColorSpace::Luma,
            Self::Rgb => ColorSpace::RGB,
            Self::Cmyk => ColorSpace::CMYK,
            Self::Ycck => ColorSpace::YCCK,
        }
    }

    fn raster_format(self) -> PixelFormat {
        if self == Self::Gray {
            PixelFormat::Gray8
        } else {
            PixelFormat::Rgb8
        }
    }
}

/// Decodes the whole picture; `least` is what it may be shrunk to, as it is stored.
pub(crate) fn raster(source: &dyn Source, least: Size) -> Result<Raster, Failure> {
    let mut decoder = JpegDecoder::new_with_options(BlobReader::new(source), options());
    decoder.decode_headers().map_err(failure)?;
    let info = decoder
        .info()
        .ok_or_else(|| failure(DecodeErrors::ExhaustedData))?;
    let stored = Size {
        width: info.width.into(),
        height: info.height.into(),
    };
    let profile = decoder.icc_profile();
    let layout = Layout::of(&decoder, &info)?;
    let raster = shrunk(&mut decoder, layout, stored, least)?;
    Ok(match profile.filter(|_| !layout.is_cmyk()) {
        Some(profile) => to_srgb(raster, &profile),
        None => raster,
    })
}

/// The format's own limit. What is too large for us is decided once the header is read.
const MAX_SIDE: usize = u16::MAX as usize;

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
}

fn failure(err: DecodeErrors) -> Failure {
    match err {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            Failure::Malformed("The JPEG file ends too early.".into())
        }
        DecodeErrors::LargeDimensions(_) => Failure::TooLarge("The JPEG file is too large.".into()),
        other => Failure::Malformed(format!("Not a valid JPEG file: {other}.")),
    }
}

/// Decodes the picture and shrinks it; inks become sRGB on the way.
pub(crate) fn shrunk<R: BufRead + Seek>(
    decoder: &mut JpegDecoder<R>,
    layout: Layout,
    stored: Size,
    raster_size: Size,
) -> Result<Raster, Failure> {
    check_memory(decoder, layout, stored)?;
    let options = decoder
        .options()
        .jpeg_set_out_colorspace(layout.color_space());
    decoder.set_options(options);
    let pixels = decoder.decode().map_err(failure)?;

    let mut shrink = Shrink::new(stored, raster_size, layout.raster_format())?;
    let rows = pixels.chunks_exact(stored.width as usize * layout.color_space().num_components());
    if layout.is_cmyk() {
        let mut to_rgb = CmykToRgb::new(decoder.icc_profile().as_deref());
        rows.for_each(|row| shrink.push_row(to_rgb.convert(&inks(row, layout))));
    } else {
        rows.for_each(|row| shrink.push_row(row));
    }
    Ok(shrink.finish())
}

/// Refuses what would not fit, before any of it is allocated.
fn check_memory<R: BufRead + Seek>(
    decoder: &JpegDecoder<R>,
    layout: Layout,
    stored: Size,
) -> Result<(), Failure> {
    let samples = layout.color_space().num_components() as u64;
    // The type of `sof` cannot be named from here; its default is a baseline file.
    let is_progressive = decoder
        .info()
        .is_some_and(|info| info.sof != ImageInfo::default().sof);
    let sample_bytes = if is_progressive {
        1 + COEFFICIENT_BYTES
    } else {
        1
    };
    let decoded_bytes = stored.pixels() * samples * sample_bytes;
    if stored.pixels() > MAX_PIXELS || decoded_bytes > MAX_DECODED_BYTES {
        return Err(Failure::too_large(stored));
    }
    Ok(())
}

/// Turns stored samples into inks, of which 0 is none.
fn inks(row: &[u8], layout: Layout) -> Vec<u8> {
    if layout == Layout::Cmyk {
        return row.iter().map(|sample| 255 - sample).collect();
    }
    let (pixels, _) = row.as_chunks::<4>();
    pixels
        .iter()
        .flat_map(|[luma, blue, red, black]| inked(*luma, *blue, *red, *black))
        .collect()
}

/// The inverse of the transform of JFIF; the inks are stored inverted, so that "red" is the cyan ink.
fn inked(luma: u8, chroma_blue: u8, chroma_red: u8, black: u8) -> [u8; 4] {
    let luma = f32::from(luma);
    let [blue, red] = [chroma_blue, chroma_red].map(|chroma| f32::from(chroma) - 128.0);
    let cyan = luma + 1.402 * red;
    let magenta = luma - 0.344_136 * blue - 0.714_136 * red;
    let yellow = luma + 1.772 * blue;
    // A float outside of a byte becomes the nearest byte.
    [
        cyan.round() as u8,
        magenta.round() as u8,
        yellow.round() as u8,
        255 - black,
    ]
}
