use std::io::{BufRead, Seek};

use png::{BitDepth, ColorType, InterlaceInfo, Reader};
use thumbnailify_sdk::{Failure, PixelFormat, Raster, Shrink, Size};

use crate::failure;

/// An interlaced picture is held whole, in at most four bytes a pixel.
const MAX_INTERLACED_PIXELS: u64 = 64 << 20;

/// Unpacking more takes longer than anybody waits for a thumbnail.
const MAX_PIXELS: u64 = 512 << 20;

/// Decodes the picture and shrinks it to `raster_size` on the way.
pub(crate) fn shrunk<R: BufRead + Seek>(
    reader: &mut Reader<R>,
    stored: Size,
    raster_size: Size,
) -> Result<Raster, Failure> {
    let interlaced = reader.info().interlaced;
    let max_pixels = if interlaced {
        MAX_INTERLACED_PIXELS
    } else {
        MAX_PIXELS
    };
    if stored.pixels() > max_pixels {
        return Err(Failure::too_large(stored));
    }
    let mut rows = Rows::new(reader, stored, raster_size)?;
    if interlaced {
        take_passes(reader, &mut rows)?
    } else {
        take_rows(reader, &mut rows)?
    }
    Ok(rows.shrink.finish())
}

fn take_rows<R: BufRead + Seek>(reader: &mut Reader<R>, rows: &mut Rows) -> Result<(), Failure> {
    for _ in 0..reader.info().height {
        match reader.next_row().map_err(failure)? {
            Some(row) => rows.push(row.data()),
            None => return Err(ends_early()),
        }
    }
    Ok(())
}

/// Puts the seven passes of an interlaced picture together.
fn take_passes<R: BufRead + Seek>(reader: &mut Reader<R>, rows: &mut Rows) -> Result<(), Failure> {
    let (color, depth) = reader.output_color_type();
    let bits_per_pixel = color.samples() as u8 * depth as u8;
    let too_large = || Failure::TooLarge("The PNG file is too large.".into());
    let stride = reader
        .output_line_size(reader.info().width)
        .ok_or_else(too_large)?;
    let mut picture = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
    while let Some(row) = reader.next_interlaced_row().map_err(failure)? {
        let InterlaceInfo::Adam7(pass) = row.interlace() else {
            return Err(ends_early());
        };
        png::expand_interlaced_row(&mut picture, stride, row.data(), pass, bits_per_pixel);
    }
    picture.chunks_exact(stride).for_each(|row| rows.push(row));
    Ok(())
}

fn ends_early() -> Failure {
    Failure::Malformed("The PNG file ends too early.".into())
}

/// Takes rows of the decoder's layout and gives them on in one that a raster has.
struct Rows {
    shrink: Shrink,
    gray_alpha: bool,
    rgba: Vec<u8>,
}

impl Rows {
    fn new<R: BufRead + Seek>(
        reader: &Reader<R>,
        stored: Size,
        raster_size: Size,
    ) -> Result<Self, Failure> {
        let format = match reader.output_color_type() {
            (ColorType::Grayscale, BitDepth::Eight) => PixelFormat::Gray8,
            (ColorType::Rgb, BitDepth::Eight) => PixelFormat::Rgb8,
            (ColorType::Rgba | ColorType::GrayscaleAlpha, BitDepth::Eight) => PixelFormat::Rgba8,
            other => {
                return Err(Failure::Unsupported(format!(
                    "PNG pixels of {other:?} are not supported."
                )));
            }
        };
        let gray_alpha = reader.output_color_type().0 == ColorType::GrayscaleAlpha;
        let shrink = Shrink::new(stored, raster_size, format)?;
        Ok(Self {
            shrink,
            gray_alpha,
            rgba: Vec::new(),
        })
    }

    fn push(&mut self, row: &[u8]) {
        if !self.gray_alpha {
            return self.shrink.push_row(row);
        }
        self.rgba.clear();
        for [gray, alpha] in row.as_chunks().0 {
            self.rgba.extend_from_slice(&[*gray, *gray, *gray, *alpha]);
        }
        self.shrink.push_row(&self.rgba);
    }
}
