use thumbnailify_sdk::{Failure, Scatter, Size};

use crate::chunk::{Chunks, StreamKind};
use crate::header::Header;
use crate::interlace;
use crate::scanlines::Scanlines;

/// Unpacking more takes longer than anybody waits for a thumbnail.
pub(crate) const MAX_PIXELS: u64 = 512 << 20;

/// How much of an image was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    /// The file ends in the pixels, or makes no sense from some place on.
    Part,
    Nothing,
}

/// Reads an image from the current chunk on, and gives its rows, or the rows of its passes, on as they are stored.
/// `header` has the size of this image, which need not be that of the picture.
///
/// # Errors
///
/// What takes too much memory or time is too large.
pub(crate) fn read(
    chunks: &mut Chunks<'_>,
    kind: StreamKind,
    header: Header,
    mut take: impl FnMut(Scatter, &[u8]),
) -> Result<Extent, Failure> {
    let Size { width, height } = header.size;
    if header.size.pixels() > MAX_PIXELS {
        return Err(Failure::too_large(header.size));
    }
    let mut scanlines = Scanlines::new(kind, header, header.row_bytes(width)?)?;
    if !header.is_interlaced {
        let place = |y| Scatter { y, x: 0, step: 1 };
        let row_bytes = header.row_bytes(width)?;
        let rows = scanlines.read(chunks, row_bytes, height, |y, row| take(place(y), row));
        return Ok(extent(rows, height));
    }
    let (mut read, mut expected) = (0, 0);
    for pass in interlace::passes(header.size) {
        let row_bytes = header.row_bytes(pass.size.width)?;
        let rows = scanlines.read(chunks, row_bytes, pass.size.height, |y, row| {
            take(pass.place(y), row);
        });
        read += rows;
        expected += pass.size.height;
        if rows < pass.size.height {
            break;
        }
    }
    Ok(extent(read, expected))
}

fn extent(rows: u32, expected: u32) -> Extent {
    match rows {
        0 => Extent::Nothing,
        _ if rows < expected => Extent::Part,
        _ => Extent::Whole,
    }
}
