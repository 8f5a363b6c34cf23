use thumbnailify_sdk::{Failure, Level, PixelFormat, Raster, ScatteredShrink, Shrink, Size, log};

use crate::chunk::{Chunks, StreamKind};
use crate::expand::Expand;
use crate::header::Header;
use crate::image::{self, Extent};
use crate::interlace::Pass;
use crate::metadata::Metadata;

/// Decodes the default image, whose first chunk is the current one, and shrinks it to `raster_size` on the way.
pub(crate) fn raster(
    chunks: &mut Chunks<'_>,
    header: Header,
    metadata: &Metadata,
    raster_size: Size,
) -> Result<Raster, Failure> {
    if header.size.pixels() > image::MAX_PIXELS {
        return Err(Failure::too_large(header.size));
    }
    let mut expand = Expand::new(header, metadata);
    let mut shrinking = Shrinking::new(header, &expand, raster_size)?;
    let extent = image::read(chunks, StreamKind::Idat, header, |place, row| {
        let width = Pass::width_at(place, header.size);
        match &mut shrinking {
            Shrinking::Rows(shrink) => shrink.push_row(expand.row(row, width)),
            Shrinking::Passes(shrink) => shrink.push(place, expand.narrow_row(row, width)),
        }
    })?;
    match extent {
        Extent::Whole => Ok(shrinking.finish()),
        Extent::Part => {
            log(Level::Warn, "the file is cut off or broken in its pixels");
            Ok(shrinking.finish_damaged())
        }
        Extent::Nothing => Err(Failure::Malformed(
            "The PNG file ends or is broken before its first row.".into(),
        )),
    }
}

enum Shrinking {
    Rows(Shrink),
    Passes(ScatteredShrink),
}

impl Shrinking {
    fn new(header: Header, expand: &Expand, raster_size: Size) -> Result<Self, Failure> {
        let (size, format) = (header.size, expand.format());
        Ok(if header.is_interlaced {
            Self::Passes(ScatteredShrink::new(size, raster_size, format)?)
        } else if expand.is_wide() && format != PixelFormat::Rgba8 {
            Self::Rows(Shrink::new_16_bit(size, raster_size, format)?)
        } else {
            Self::Rows(Shrink::new(size, raster_size, format)?)
        })
    }

    fn finish(self) -> Raster {
        match self {
            Self::Rows(shrink) => shrink.finish(),
            Self::Passes(shrink) => shrink.finish(),
        }
    }

    fn finish_damaged(self) -> Raster {
        match self {
            Self::Rows(shrink) => shrink.finish_damaged(),
            Self::Passes(shrink) => shrink.finish(),
        }
    }
}
