use super::*;

/// A picture in which every sample differs from its neighbours.
fn picture(size: Size, channels: usize) -> Vec<u8> {
    let samples = size.pixels() as usize * channels;
    (0..samples).map(|n| (n * 7919 % 256) as u8).collect()
}

fn shrunk(source: Size, raster: Size, format: PixelFormat, pixels: &[u8]) -> Raster {
    let mut shrink = Shrink::new(source, raster, format).unwrap();
    for row in pixels.chunks(source.width as usize * format.channels()) {
        shrink.push_row(row);
    }
    shrink.finish()
}

/// The same by floating point, from the share of each source pixel in each new one.
fn reference(source: Size, raster: Size, channels: usize, pixels: &[u8]) -> Vec<f64> {
    let mut expected = Vec::new();
    for down in shares(source.height, raster.height) {
        for across in shares(source.width, raster.width) {
            expected.extend(mean(
                &down,
                &across,
                source.width as usize,
                channels,
                pixels,
            ));
        }
    }
    expected
}

/// For each new pixel, the source pixels below it and how much of each.
fn shares(source: u32, count: u32) -> Vec<Vec<(usize, f64)>> {
    let edge = |index: u32| f64::from(index) * f64::from(source) / f64::from(count);
    let share = |index: u32, at: u32| {
        edge(index + 1).min(f64::from(at + 1)) - edge(index).max(f64::from(at))
    };
    let shares = |index| (0..source).map(move |at| (at as usize, share(index, at)));
    (0..count)
        .map(|index| shares(index).filter(|(_, share)| *share > 0.0).collect())
        .collect()
}

fn mean(
    down: &[(usize, f64)],
    across: &[(usize, f64)],
    width: usize,
    channels: usize,
    pixels: &[u8],
) -> Vec<f64> {
    let (mut sums, mut weight, mut area) = ([0.0; 3], 0.0, 0.0);
    for (y, high) in down {
        for (x, wide) in across {
            let pixel = &pixels[(y * width + x) * channels..][..channels];
            let alpha = if channels == 4 {
                f64::from(pixel[3])
            } else {
                1.0
            };
            weight += alpha * high * wide;
            area += high * wide;
            for (sum, sample) in sums.iter_mut().zip(pixel) {
                *sum += f64::from(*sample) * alpha * high * wide;
            }
        }
    }
    let colors = sums[..channels.min(3)].iter().map(|sum| sum / weight);
    colors
        .chain((channels == 4).then_some(weight / area))
        .collect()
}

fn check(source: (u32, u32), raster: (u32, u32)) {
    let source = Size {
        width: source.0,
        height: source.1,
    };
    let raster = Size {
        width: raster.0,
        height: raster.1,
    };
    for format in [PixelFormat::Gray8, PixelFormat::Rgb8, PixelFormat::Rgba8] {
        let pixels = picture(source, format.channels());
        let shrunk = shrunk(source, raster, format, &pixels);
        assert_eq!(shrunk.size, raster);
        let expected = reference(source, raster, format.channels(), &pixels);
        assert_eq!(shrunk.pixels.len(), expected.len());
        let is_close = |(sample, mean): (&u8, &f64)| (f64::from(*sample) - mean).abs() < 1.5;
        let close = shrunk.pixels.iter().zip(&expected).all(is_close);
        assert!(close, "{source:?} {raster:?} {format:?}");
    }
}

#[test]
fn areas_are_averaged() {
    check((8, 6), (4, 3));
    check((600, 400), (200, 134));
    check((1001, 7), (201, 7));
    check((2500, 2), (209, 2));
    check((3, 190), (1, 3));
    check((7, 5), (5, 3));
}

#[test]
fn one_color_stays_as_it_is() {
    let source = Size {
        width: 601,
        height: 397,
    };
    let pixels = [200, 100, 1, 128].repeat(source.pixels() as usize);
    let raster = Size {
        width: 201,
        height: 133,
    };
    let raster = shrunk(source, raster, PixelFormat::Rgba8, &pixels);
    assert!(
        raster
            .pixels
            .chunks(4)
            .all(|pixel| pixel == [200, 100, 1, 128])
    );
}

#[test]
fn what_is_small_enough_is_kept_to_the_byte() {
    let size = Size {
        width: 5,
        height: 3,
    };
    let pixels = picture(size, 4);
    assert_eq!(
        shrunk(size, size, PixelFormat::Rgba8, &pixels).pixels,
        pixels
    );
    let larger = Size {
        width: 50,
        height: 30,
    };
    assert_eq!(shrunk(size, larger, PixelFormat::Rgba8, &pixels).size, size);
}

#[test]
fn the_largest_box_does_not_overflow() {
    let source = Size {
        width: 64,
        height: 128,
    };
    let white = vec![255; source.pixels() as usize * 4];
    let tiny = Size {
        width: 1,
        height: 1,
    };
    let raster = shrunk(source, tiny, PixelFormat::Rgba8, &white);
    assert_eq!(
        raster.size,
        Size {
            width: 1,
            height: 2
        }
    );
    assert_eq!(raster.pixels, [255; 8]);
}

#[test]
fn rows_that_never_came_are_transparent() {
    let size = Size {
        width: 1,
        height: 4,
    };
    let mut shrink = Shrink::new(
        size,
        Size {
            width: 1,
            height: 2,
        },
        PixelFormat::Rgba8,
    )
    .unwrap();
    shrink.push_row(&[9, 9, 9, 255]);
    shrink.push_row(&[9, 9, 9, 255]);
    shrink.push_row(&[9, 9, 9, 255]);
    assert_eq!(shrink.finish().pixels, [9, 9, 9, 255, 0, 0, 0, 0]);
}

#[test]
fn a_picture_without_pixels_is_refused() {
    let nothing = Size {
        width: 0,
        height: 4,
    };
    assert!(Shrink::new(nothing, nothing, PixelFormat::Gray8).is_err());
}
