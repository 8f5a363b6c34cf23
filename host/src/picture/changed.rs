use super::raster::{Raster, Size};

/// The part of a frame that is another than in the frame before.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Changed {
    /// Pixels from the left edge.
    pub(super) left: u32,
    /// Pixels from the top edge.
    pub(super) top: u32,
    /// Its size, at least one pixel.
    pub(super) size: Size,
}

impl Changed {
    /// The whole frame.
    pub(super) fn all(size: Size) -> Self {
        Self {
            left: 0,
            top: 0,
            size,
        }
    }

    /// The smallest rectangle around all pixels that differ between two frames of one size and format. One
    /// pixel where none does.
    pub(super) fn between(before: &Raster, after: &Raster) -> Self {
        let (mut left, mut right, mut rows) = (u32::MAX, 0, None::<(u32, u32)>);
        let channels = after.format().channels();
        for (row, (old, new)) in (0..).zip(rows_of(before).zip(rows_of(after))) {
            let pixels = old.chunks_exact(channels).zip(new.chunks_exact(channels));
            let mut columns = (0..).zip(pixels).filter(|(_, (old, new))| old != new);
            let Some((first, _)) = columns.next() else {
                continue;
            };
            let last = columns.last().map_or(first, |(column, _)| column);
            (left, right) = (left.min(first), right.max(last));
            rows = Some((rows.map_or(row, |(top, _)| top), row));
        }
        match rows {
            Some((top, bottom)) => Self {
                left,
                top,
                size: Size {
                    width: right - left + 1,
                    height: bottom - top + 1,
                },
            },
            None => Self::all(Size {
                width: 1,
                height: 1,
            }),
        }
    }

    /// The pixels of this part of a frame.
    pub(super) fn pixels_of(self, frame: &Raster) -> Vec<u8> {
        let bytes = |pixels: u32| usize::try_from(pixels).unwrap_or(0) * frame.format().channels();
        let (start, length) = (bytes(self.left), bytes(self.size.width));
        let [top, height] =
            [self.top, self.size.height].map(|rows| usize::try_from(rows).unwrap_or(0));
        let rows = rows_of(frame).skip(top).take(height);
        rows.flat_map(|row| &row[start..start + length])
            .copied()
            .collect()
    }
}

fn rows_of(raster: &Raster) -> impl Iterator<Item = &[u8]> {
    let width = usize::try_from(raster.size().width).unwrap_or(usize::MAX);
    raster
        .pixels()
        .chunks_exact(width.saturating_mul(raster.format().channels()))
}

#[cfg(test)]
mod tests {
    use super::super::raster::PixelFormat;
    use super::*;

    fn raster(pixels: &[u8]) -> Raster {
        let size = Size {
            width: 4,
            height: 3,
        };
        Raster::new(size, PixelFormat::Gray8, pixels.to_vec()).unwrap()
    }

    #[test]
    fn the_rectangle_goes_around_all_that_differs() {
        let before = raster(&[0; 12]);
        let after = raster(&[0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0]);
        let changed = Changed::between(&before, &after);
        let size = Size {
            width: 2,
            height: 2,
        };
        assert_eq!((changed.left, changed.top, changed.size), (1, 1, size));
        assert_eq!(changed.pixels_of(&after), [1, 0, 0, 2]);
    }

    #[test]
    fn a_frame_like_the_one_before_is_one_pixel() {
        let changed = Changed::between(&raster(&[7; 12]), &raster(&[7; 12]));
        assert_eq!(changed.pixels_of(&raster(&[7; 12])), [7]);
    }
}
