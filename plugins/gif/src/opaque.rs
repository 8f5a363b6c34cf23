use thumbnailify_sdk::{Frame, PixelFormat, Raster};

/// Leaves alpha out where it says nothing.
pub(crate) fn packed(raster: Raster) -> Raster {
    if is_opaque(&raster) {
        without_alpha(&raster)
    } else {
        raster
    }
}

/// The same for frames, which all have to be of one format.
pub(crate) fn packed_frames(frames: Vec<Frame>) -> Vec<Frame> {
    if !frames.iter().all(|frame| is_opaque(&frame.raster)) {
        return frames;
    }
    let frames = frames.into_iter().map(|frame| Frame {
        raster: without_alpha(&frame.raster),
        delay_ms: frame.delay_ms,
    });
    frames.collect()
}

fn is_opaque(raster: &Raster) -> bool {
    let mut pixels = raster.pixels.as_chunks::<4>().0.iter();
    pixels.all(|pixel| pixel[3] == u8::MAX)
}

fn without_alpha(raster: &Raster) -> Raster {
    let pixels = raster.pixels.as_chunks::<4>().0;
    Raster {
        size: raster.size,
        format: PixelFormat::Rgb8,
        pixels: pixels
            .iter()
            .flat_map(|[red, green, blue, _]| [*red, *green, *blue])
            .collect(),
    }
}
