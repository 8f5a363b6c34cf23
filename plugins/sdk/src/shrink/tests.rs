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

#[test]
fn opaque_pixels_are_weighed_like_others() {
    let source = Size {
        width: 37,
        height: 29,
    };
    let raster = Size {
        width: 9,
        height: 7,
    };
    for alphas in [
        [255; 5],
        [255, 255, 255, 255, 0],
        [0; 5],
        [255, 255, 254, 255, 255],
    ] {
        let mut pixels = picture(source, 4);
        let alphas = alphas.iter().flat_map(|alpha| [*alpha; 8]).cycle();
        pixels
            .iter_mut()
            .skip(3)
            .step_by(4)
            .zip(alphas)
            .for_each(|(slot, alpha)| *slot = alpha);
        let shrunk = shrunk(source, raster, PixelFormat::Rgba8, &pixels);
        let expected = reference(source, raster, 4, &pixels);
        for (pixel, mean) in shrunk.pixels.chunks(4).zip(expected.chunks(4)) {
            let is_close = |(sample, mean): (&u8, &f64)| (f64::from(*sample) - mean).abs() < 1.5;
            // Colours without alpha have no mean.
            let counts = if mean[3] > 0.0 { 0..4 } else { 3..4 };
            assert!(
                pixel[counts.clone()]
                    .iter()
                    .zip(&mean[counts])
                    .all(is_close)
            );
        }
    }
}

#[test]
fn samples_of_16_bits_are_rounded_once() {
    let source = Size {
        width: 50,
        height: 30,
    };
    let wide: Vec<u16> = (0..4500_u32)
        .map(|n| n.wrapping_mul(n * 7919) as u16)
        .collect();
    let bytes: Vec<u8> = wide
        .iter()
        .flat_map(|sample| sample.to_be_bytes())
        .collect();
    for raster in [(50, 30), (25, 15), (13, 7), (1, 1)] {
        let raster = Size {
            width: raster.0,
            height: raster.1,
        };
        let mut shrink = Shrink::new_16_bit(source, raster, PixelFormat::Rgb8).unwrap();
        bytes.chunks(300).for_each(|row| shrink.push_row(row));
        let pixels = shrink.finish().pixels;
        let samples: Vec<f64> = wide
            .iter()
            .map(|sample| f64::from(*sample) / 257.0)
            .collect();
        let mut expected = Vec::new();
        for down in shares(30, raster.height) {
            for across in shares(50, raster.width) {
                for channel in 0..3 {
                    let sums = down.iter().flat_map(|(y, high)| {
                        let samples = &samples;
                        across.iter().map(move |(x, wide)| {
                            (
                                samples[(y * 50 + x) * 3 + channel] * high * wide,
                                high * wide,
                            )
                        })
                    });
                    let (sum, area) =
                        sums.fold((0.0, 0.0), |one, other| (one.0 + other.0, one.1 + other.1));
                    expected.push(sum / area);
                }
            }
        }
        assert_eq!(pixels.len(), expected.len());
        let are_whole = 50 % raster.width == 0 && 30 % raster.height == 0;
        let tolerance = if are_whole { 0.501 } else { 1.5 };
        let is_close = |(sample, mean): (&u8, &f64)| (f64::from(*sample) - mean).abs() < tolerance;
        assert!(pixels.iter().zip(&expected).all(is_close), "{raster:?}");
    }
    assert!(Shrink::new_16_bit(source, source, PixelFormat::Rgba8).is_err());
}

#[test]
fn the_largest_box_of_16_bits_does_not_overflow() {
    let source = Size {
        width: 64,
        height: 64,
    };
    let tiny = Size {
        width: 1,
        height: 1,
    };
    let mut shrink = Shrink::new_16_bit(source, tiny, PixelFormat::Gray8).unwrap();
    (0..64).for_each(|_| shrink.push_row(&[255; 128]));
    assert_eq!(shrink.finish().pixels, [255]);
}

#[test]
fn of_a_damaged_picture_the_rows_that_came_are_shown() {
    let source = Size {
        width: 4,
        height: 8,
    };
    for (raster, rows, shown) in [
        ((4, 8), 3, 3),
        ((2, 4), 3, 2),
        ((2, 4), 4, 2),
        ((1, 1), 1, 1),
    ] {
        let raster = Size {
            width: raster.0,
            height: raster.1,
        };
        let mut shrink = Shrink::new(source, raster, PixelFormat::Gray8).unwrap();
        (0..rows).for_each(|_| shrink.push_row(&[9; 4]));
        let damaged = shrink.finish_damaged();
        assert_eq!((damaged.size, damaged.format), (raster, PixelFormat::Rgba8));
        let shown = shown * raster.width as usize;
        let expected = [
            [9, 9, 9, 255].repeat(shown),
            vec![0; damaged.pixels.len() - 4 * shown],
        ]
        .concat();
        assert_eq!(damaged.pixels, expected);
    }
}

#[test]
fn pixels_in_any_order_are_averaged_as_rows_are() {
    for (source, raster) in [
        ((40, 30), (40, 30)),
        ((41, 30), (7, 9)),
        ((130, 67), (3, 2)),
    ] {
        let source = Size {
            width: source.0,
            height: source.1,
        };
        let raster = Size {
            width: raster.0,
            height: raster.1,
        };
        for format in [PixelFormat::Gray8, PixelFormat::Rgb8, PixelFormat::Rgba8] {
            let channels = format.channels();
            let pixels = picture(source, channels);
            let mut scattered = ScatteredShrink::new(source, raster, format).unwrap();
            for x in [2, 0, 1] {
                for y in (0..source.height).rev() {
                    let row = &pixels[(y * source.width) as usize * channels..];
                    let row = row[..source.width as usize * channels].chunks(channels);
                    let part: Vec<u8> = row.skip(x).step_by(3).flatten().copied().collect();
                    let place = Scatter {
                        y,
                        x: x as u32,
                        step: 3,
                    };
                    scattered.push(place, &part);
                }
            }
            let scattered = scattered.finish();
            let expected = shrunk(source, raster, format, &pixels);
            assert_eq!(scattered.size, expected.size);
            let mut samples = scattered
                .pixels
                .chunks(channels)
                .zip(expected.pixels.chunks(channels));
            assert!(samples.all(|(one, other)| one == other || one[channels - 1] == 0));
        }
    }
}

#[test]
fn pixels_that_never_came_are_taken_from_a_coarser_grid() {
    let size = Size {
        width: 16,
        height: 8,
    };
    let mut scattered = ScatteredShrink::new(size, size, PixelFormat::Gray8).unwrap();
    scattered.push(
        Scatter {
            y: 0,
            x: 0,
            step: 8,
        },
        &[1, 2],
    );
    scattered.push(
        Scatter {
            y: 99,
            x: 0,
            step: 1,
        },
        &[7; 16],
    );
    let row = [[1; 8], [2; 8]].concat();
    assert_eq!(scattered.finish().pixels, row.repeat(8));
}

#[test]
fn a_coarser_grid_stands_in_where_boxes_stay_empty() {
    let size = |width, height| Size { width, height };
    let mut scattered =
        ScatteredShrink::new(size(32, 16), size(16, 8), PixelFormat::Gray8).unwrap();
    for y in [0, 8] {
        scattered.push(Scatter { y, x: 0, step: 8 }, &[1, 2, 3, 4]);
    }
    let row = [[1; 4], [2; 4], [3; 4], [4; 4]].concat();
    assert_eq!(scattered.finish().pixels, row.repeat(8));
}
