//! Pictures to encode, and what becomes of them when they are decoded in full.

use jpeg_encoder::{ColorType, Encoder};
use thumbnailify_sdk::{PixelFormat, Raster, Size};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Noise of several octaves, smooth as a photo is: rows of `channels` bytes a pixel.
pub(super) fn noise(size: Size, channels: usize) -> Vec<u8> {
    const OCTAVES: [(usize, f32); 4] = [(331, 90.0), (97, 70.0), (23, 35.0), (6, 12.0)];
    let (width, height) = (size.width as usize, size.height as usize);
    let mut pixels = vec![0; width * height * channels];
    let mut row = vec![0_f32; width];
    for channel in 0..channels {
        for y in 0..height {
            row.fill(128.0);
            for (cell, strength) in OCTAVES {
                add_octave(&mut row, y, cell, strength, channel);
            }
            let samples = pixels[y * width * channels + channel..].iter_mut();
            for (sample, value) in samples.step_by(channels).zip(&row) {
                *sample = *value as u8;
            }
        }
    }
    pixels
}

/// Adds to a row what lies between the random values at the corners of square cells.
fn add_octave(row: &mut [f32], y: usize, cell: usize, strength: f32, channel: usize) {
    let corner = |x: usize, y: usize| {
        let mut hash = (x * 73_856_093) ^ (y * 19_349_663) ^ ((channel + 1) * cell * 83_492_791);
        hash = (hash ^ hash >> 13).wrapping_mul(0x5bd1_e995);
        ((hash ^ hash >> 15) % 1_024) as f32 / 1_023.0 - 0.5
    };
    let down = (y % cell) as f32 / cell as f32;
    let edge = |x: usize| corner(x, y / cell) * (1.0 - down) + corner(x, y / cell + 1) * down;
    for (nth, part) in row.chunks_mut(cell).enumerate() {
        let (left, right) = (edge(nth) * strength, edge(nth + 1) * strength);
        let step = (right - left) / cell as f32;
        for (x, value) in part.iter_mut().enumerate() {
            *value += left + step * x as f32;
        }
    }
}

/// Encodes pixels; `set_up` chooses how.
pub(super) fn encoded(
    pixels: &[u8],
    size: Size,
    color: ColorType,
    set_up: impl Fn(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    set_up(&mut encoder);
    let (width, height) = (size.width as u16, size.height as u16);
    encoder.encode(pixels, width, height, color).unwrap();
    bytes
}

/// The picture as another decoder sees it, in full.
pub(super) fn decoded(bytes: &[u8]) -> Raster {
    let options = DecoderOptions::default();
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().unwrap();
    let info = decoder.info().unwrap();
    let (format, space) = match info.components {
        1 => (PixelFormat::Gray8, ColorSpace::Luma),
        _ => (PixelFormat::Rgb8, ColorSpace::RGB),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let size = Size {
        width: info.width.into(),
        height: info.height.into(),
    };
    Raster {
        size,
        format,
        pixels: decoder.decode().unwrap(),
    }
}

/// How much two pictures of the same size differ, in decibels of the peak signal; more is better.
pub(super) fn psnr(left: &Raster, right: &Raster) -> f64 {
    assert_eq!((left.size, left.format), (right.size, right.format));
    let pairs = left.pixels.iter().zip(&right.pixels);
    let squares = pairs.map(|(left, right)| f64::from(left.abs_diff(*right)).powi(2));
    let mean = squares.sum::<f64>() / left.pixels.len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

/// The raster inside a square box, by the filter of Lanczos with three lobes.
pub(super) fn thumbnail(raster: &Raster, source: Size, side: u32) -> Raster {
    let longest = source.width.max(source.height);
    let scaled = |length: u32| {
        let length = f64::from(length) * f64::from(side) / f64::from(longest);
        (length.round() as usize).max(1)
    };
    let (width, height) = (scaled(source.width), scaled(source.height));
    let channels = raster.format.channels();
    let samples: Vec<f32> = raster
        .pixels
        .iter()
        .map(|sample| f32::from(*sample))
        .collect();
    let row_length = raster.size.width as usize * channels;
    let rows: Vec<&[f32]> = samples.chunks_exact(row_length).collect();
    let mut pixels = Vec::new();
    let across = lanczos(raster.size.width as usize, width);
    for (first, weights) in lanczos(rows.len(), height) {
        let mut row = vec![0.0; row_length];
        for (source, weight) in rows[first..].iter().zip(&weights) {
            row.iter_mut()
                .zip(*source)
                .for_each(|(sum, sample)| *sum += sample * weight);
        }
        for (first, weights) in &across {
            for channel in 0..channels {
                let samples = row[first * channels + channel..].iter().step_by(channels);
                let sum: f32 = samples
                    .zip(weights)
                    .map(|(sample, weight)| sample * weight)
                    .sum();
                pixels.push(sum.round() as u8);
            }
        }
    }
    Raster {
        size: Size {
            width: width as u32,
            height: height as u32,
        },
        format: raster.format,
        pixels,
    }
}

/// For each new sample the first of the old ones, and the weights of that and those that follow.
fn lanczos(source: usize, count: usize) -> Vec<(usize, Vec<f32>)> {
    let ratio = source as f64 / count as f64;
    let width = ratio.max(1.0);
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { x.sin() / x };
    let kernel = |x: f64| {
        let angle = x * std::f64::consts::PI;
        if x.abs() < 3.0 {
            sinc(angle) * sinc(angle / 3.0)
        } else {
            0.0
        }
    };
    let weights = |index: usize| {
        let center = (index as f64 + 0.5) * ratio - 0.5;
        let first = (center - 3.0 * width).ceil().max(0.0) as usize;
        let last = ((center + 3.0 * width).floor() as usize).min(source - 1);
        let weights: Vec<f64> = (first..=last)
            .map(|at| kernel((at as f64 - center) / width))
            .collect();
        let sum: f64 = weights.iter().sum();
        (
            first,
            weights.iter().map(|weight| (weight / sum) as f32).collect(),
        )
    };
    (0..count).map(weights).collect()
}
