use super::raster::Size;

/// The size of the thumbnail of a source of which there is a raster: inside the box, with the aspect ratio of
/// the source, and never larger than the raster is.
#[must_use]
pub fn thumbnail_size(source: Size, raster: Size, bounds: Size) -> Size {
    let size = contain(source, bounds);
    if size.width <= raster.width && size.height <= raster.height {
        size
    } else {
        contain(raster, bounds)
    }
}

/// The size of a picture that fits into a box with its aspect ratio kept. Never larger than the picture;
/// each side is rounded to the nearest pixel and at least 1.
fn contain(picture: Size, bounds: Size) -> Size {
    if picture.width <= bounds.width && picture.height <= bounds.height {
        return picture;
    }
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    let (max_width, max_height) = (u64::from(bounds.width), u64::from(bounds.height));
    if width * max_height >= height * max_width {
        Size {
            width: bounds.width,
            height: scaled(height, max_width, width),
        }
    } else {
        Size {
            width: scaled(width, max_height, height),
            height: bounds.height,
        }
    }
}

/// `side * numerator / denominator`, which never exceeds `side`. The products fit: each factor has 32 bits.
fn scaled(side: u64, numerator: u64, denominator: u64) -> u32 {
    let rounded = (side * numerator + denominator / 2) / denominator;
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(picture: (u32, u32), expected: (u32, u32)) {
        let size = |(width, height)| Size { width, height };
        assert_eq!(
            contain(size(picture), size((100, 100))),
            size(expected),
            "{picture:?}"
        );
    }

    #[test]
    fn the_aspect_ratio_is_kept() {
        check((640, 427), (100, 67));
        check((1000, 872), (100, 87));
        check((512, 600), (85, 100));
    }

    #[test]
    fn no_side_becomes_nothing() {
        check((2500, 2), (100, 1));
        check((2, 2500), (1, 100));
        check((u32::MAX, 1), (100, 1));
        check((u32::MAX, u32::MAX), (100, 100));
    }

    #[test]
    fn a_raster_that_is_smaller_than_it_should_be_is_not_enlarged() {
        let [source, raster, bounds] = [5_000, 20, 100].map(|side| Size {
            width: side,
            height: side,
        });
        assert_eq!(thumbnail_size(source, raster, bounds), raster);
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        check((40, 30), (40, 30));
        check((100, 100), (100, 100));
        check((1, 1), (1, 1));
    }
}
