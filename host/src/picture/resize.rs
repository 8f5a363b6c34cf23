use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use thumbnailify_core::BoxError;

use super::fit::{Placement, Window};
use super::raster::{Frame, Picture, PixelFormat, Raster, Size};

/// The pixels could not be resized.
#[derive(Debug, thiserror::Error)]
#[error("the handler's raster could not be resized")]
pub struct ResizeError(#[source] BoxError);

/// Resizes every frame of a picture with a Lanczos filter of three lobes, colours weighted by their alpha,
/// in the gamma that they are in (sRGB), as libvips and Pillow do.
///
/// # Errors
/// The library's own, which is not expected for a valid raster.
pub fn resize(picture: &Picture, placement: &Placement) -> Result<Picture, ResizeError> {
    let resized = |frame: &Frame| {
        let raster = resize_raster(&frame.raster, placement)?;
        Ok(Frame { raster, ..*frame })
    };
    match picture {
        Picture::Still(raster) => resize_raster(raster, placement).map(Picture::Still),
        Picture::Animation { frames, loop_count } => {
            let frames = frames.iter().map(resized).collect::<Result<_, _>>()?;
            let loop_count = *loop_count;
            Ok(Picture::Animation { frames, loop_count })
        }
    }
}

fn resize_raster(raster: &Raster, placement: &Placement) -> Result<Raster, ResizeError> {
    let Placement { size, window } = *placement;
    if raster.size() == size && window == Window::all(size) {
        return Ok(raster.clone());
    }
    let pixel_type = match raster.format() {
        PixelFormat::Gray8 => PixelType::U8,
        PixelFormat::Rgb8 => PixelType::U8x3,
        PixelFormat::Rgba8 => PixelType::U8x4,
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(window.left, window.top, window.width, window.height)
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

    fn whole(raster: &Raster, size: Size) -> Placement {
        let window = Window::all(raster.size());
        Placement { size, window }
    }

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
        let raster = checkerboard([255, 255, 0, 255], [0, 0, 255, 0]);
        let thumbnail = resize_raster(&raster, &whole(&raster, BOX)).unwrap();
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
        let resized = resize_raster(&raster, &whole(&raster, raster.size()));
        assert_eq!(resized.unwrap(), raster);
    }

    #[test]
    fn a_window_of_the_right_size_is_cut_out_as_it_is() {
        let pixels = (0..16).collect();
        let size = Size {
            width: 16,
            height: 1,
        };
        let raster = Raster::new(size, PixelFormat::Gray8, pixels).unwrap();
        let placement = Placement {
            size: Size {
                width: 4,
                height: 1,
            },
            window: Window {
                left: 6.0,
                top: 0.0,
                width: 4.0,
                height: 1.0,
            },
        };
        let cut = resize_raster(&raster, &placement).unwrap();
        assert_eq!(cut.pixels(), [6, 7, 8, 9]);
    }
}
