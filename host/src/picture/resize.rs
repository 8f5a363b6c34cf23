use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use thumbnailify_core::BoxError;

use super::raster::{PixelFormat, Raster, Size};

/// The pixels could not be resized.
#[derive(Debug, thiserror::Error)]
#[error("the handler's raster could not be resized")]
pub struct ResizeError(#[source] BoxError);

/// Resizes with a Lanczos filter of three lobes, colours weighted by their alpha.
///
/// # Errors
/// The library's own, which is not expected for a valid raster.
pub fn resize(raster: &Raster, size: Size) -> Result<Raster, ResizeError> {
    if raster.size() == size {
        return Ok(raster.clone());
    }
    let pixel_type = match raster.format() {
        PixelFormat::Gray8 => PixelType::U8,
        PixelFormat::Rgb8 => PixelType::U8x3,
        PixelFormat::Rgba8 => PixelType::U8x4,
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(pixel_type == PixelType::U8x4);
    let Size { width, height } = raster.size();
    let source = ImageRef::new(width, height, raster.pixels(), pixel_type)
        .map_err(|error| ResizeError(error.into()))?;
    let mut resized = Image::new(size.width, size.height, pixel_type);
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .map_err(|error| ResizeError(error.into()))?;
    Raster::new(size, raster.format(), resized.into_vec())
        .ok_or_else(|| ResizeError("the result has another size".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Size = Size {
        width: 4,
        height: 4,
    };

    fn checkerboard(light: [u8; 4], dark: [u8; 4]) -> Raster {
        let pixel = |index: usize| {
            if (index % 16 + index / 16).is_multiple_of(2) {
                light
            } else {
                dark
            }
        };
        let pixels = (0..256).flat_map(pixel).collect();
        Raster::new(
            Size {
                width: 16,
                height: 16,
            },
            PixelFormat::Rgba8,
            pixels,
        )
        .unwrap()
    }

    #[test]
    fn invisible_colours_do_not_bleed_into_visible_ones() {
        let thumbnail = resize(&checkerboard([255, 255, 0, 255], [0, 0, 255, 0]), BOX).unwrap();
        for pixel in thumbnail.pixels().chunks_exact(4) {
            let [red, green, blue, _alpha] = pixel else {
                unreachable!()
            };
            assert!(*red > 250 && *green > 250 && *blue < 5, "{pixel:?}");
        }
    }

    #[test]
    fn a_raster_of_the_right_size_is_left_alone() {
        let raster = checkerboard([1, 2, 3, 4], [5, 6, 7, 8]);
        assert_eq!(resize(&raster, raster.size()).unwrap(), raster);
    }
}
