use thumbnailify_sdk::{Failure, Raster, Request, Size};

use crate::blocks::{Blocks, Image};
use crate::boxes::SumTable;
use crate::effort::Effort;
use crate::interlace::Interlaced;
use crate::rows::RowDecoder;
use crate::stream::Stream;

/// How many images may be without anything to be seen before that is taken as it is.
const EMPTY_IMAGES_MAX: u32 = 32;

/// So many pixels of images are decoded in the search, beyond which only the first image is.
const MAX_PIXELS: u64 = 1 << 30;

/// The first image that shows anything. Whatever comes before it has left the canvas as it was.
pub(crate) fn first_visible(
    blocks: &mut Blocks<'_>,
    first: &Image,
    canvas: Size,
    request: &Request,
) -> Result<Raster, Failure> {
    let mut decoder = RowDecoder::new();
    let mut effort = Effort::new(MAX_PIXELS);
    // The first one is decoded in any case.
    effort.afford(first.effort());
    let (mut raster, mut is_done) = shrunk(blocks, first, canvas, request, &mut decoder)?;
    let mut number = 1;
    while !is_done
        && number < EMPTY_IMAGES_MAX
        && let Ok(Some(image)) = blocks.next_image()
        && effort.afford(image.effort())
        && let Ok(next) = shrunk(blocks, &image, canvas, request, &mut decoder)
    {
        (raster, is_done) = next;
        number += 1;
    }
    Ok(raster)
}

/// Decodes an image straight into a raster, and tells whether it is the one to take: the first with something
/// to be seen, or the last that can be read.
fn shrunk(
    blocks: &mut Blocks<'_>,
    image: &Image,
    canvas: Size,
    request: &Request,
    decoder: &mut RowDecoder,
) -> Result<(Raster, bool), Failure> {
    let mut stream = Stream::new(canvas, request.raster_size(canvas))?;
    let table = SumTable::new(&image.colors);
    let area = image.area(canvas);
    let mut push = |row: u32, indices: &[u8]| {
        let visible = &indices[..indices.len().min(area.columns.len())];
        if (row as usize) < area.lines.len() {
            stream.push(image.top + row, area.columns.start, visible, &table);
        }
    };
    let ending = if image.is_interlaced {
        let mut rows = Interlaced::new(image, &area)?;
        let ending = decoder.decode(blocks.bytes(), image, |row, indices| rows.put(row, indices));
        rows.in_order()
            .for_each(|(row, indices)| push(row, indices));
        ending
    } else {
        decoder.decode(blocks.bytes(), image, push)
    };
    match ending.broken {
        Some(broken) if ending.rows == 0 => Err(broken.into()),
        broken => {
            let (raster, is_visible) = stream.finish();
            Ok((raster, is_visible || broken.is_some()))
        }
    }
}
