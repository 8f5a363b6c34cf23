//! Every kind of file against the decoder of the crate `png`.

use png::{ColorType, Decoder, Transformations};
use thumbnailify_sdk::{MediaHandler, PixelFormat, Raster, Request, Shrink, Size};

use super::files::{COLORS_AND_DEPTHS, Kind, chunk, residues};
use super::still;
use crate::Png;

/// The whole picture in the layout of a raster, with samples of 8 bits.
fn decoded(file: &[u8]) -> Raster {
    let mut decoder = Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    samples.truncate(info.buffer_size());
    if info.bit_depth == png::BitDepth::Sixteen {
        let wide = samples.as_chunks().0.iter();
        let narrowed =
            |sample: &[u8; 2]| (f64::from(u16::from_be_bytes(*sample)) / 257.0).round() as u8;
        samples = wide.map(narrowed).collect();
    }
    let (format, pixels) = match info.color_type {
        ColorType::Grayscale => (PixelFormat::Gray8, samples),
        ColorType::Rgb => (PixelFormat::Rgb8, samples),
        ColorType::Rgba => (PixelFormat::Rgba8, samples),
        _ => {
            let pixels = samples.as_chunks().0.iter();
            let pixels = pixels.flat_map(|[gray, alpha]| [*gray, *gray, *gray, *alpha]);
            (PixelFormat::Rgba8, pixels.collect())
        }
    };
    let size = Size {
        width: info.width,
        height: info.height,
    };
    Raster {
        size,
        format,
        pixels,
    }
}

fn shrunk(raster: &Raster, size: Size) -> Raster {
    let mut shrink = Shrink::new(raster.size, size, raster.format).unwrap();
    raster
        .pixels
        .chunks(raster.row_len())
        .for_each(|row| shrink.push_row(row));
    shrink.finish()
}

/// What hides under full transparency does not matter.
fn without_hidden(mut raster: Raster) -> Raster {
    if raster.format == PixelFormat::Rgba8 {
        let pixels = raster.pixels.as_chunks_mut().0.iter_mut();
        pixels
            .filter(|[_, _, _, alpha]| *alpha == 0)
            .for_each(|pixel| *pixel = [0; 4]);
    }
    raster
}

fn check(kind: Kind, chunks: &[Vec<u8>], target: u32, tolerance: u8) {
    let file = kind.file(chunks, &kind.rows(residues(u64::from(kind.size.0))));
    let side = Size {
        width: target,
        height: target,
    };
    let request = Request::still("image/png", side);
    let raster = without_hidden(still(Png::render(&file.as_slice(), &request).unwrap()));
    let expected = decoded(&file);
    let expected = without_hidden(shrunk(&expected, request.raster_size(expected.size)));
    assert_eq!(
        (raster.size, raster.format),
        (expected.size, expected.format),
        "{kind:?}"
    );
    let mut samples = raster.pixels.iter().zip(&expected.pixels);
    assert!(
        samples.all(|(one, other)| one.abs_diff(*other) <= tolerance),
        "{kind:?}"
    );
    assert_eq!(raster.pixels.len(), expected.pixels.len());
}

/// Every colour type and depth, with and without transparency, as rows and as passes.
fn check_all_kinds(size: (u32, u32), target: u32, tolerance: u8) {
    for (color, depth) in COLORS_AND_DEPTHS {
        let palette: Vec<u8> = (0..3 << depth.min(8)).map(|n| (n * 37) as u8).collect();
        let palette = chunk(b"PLTE", &palette);
        let transparency = match color {
            0 => vec![0, 0],
            2 => vec![0; 6],
            _ => vec![9, 255],
        };
        for is_interlaced in [false, true] {
            let kind = Kind {
                size,
                color,
                depth,
                is_interlaced,
            };
            let chunks = if color == 3 {
                vec![palette.clone()]
            } else {
                Vec::new()
            };
            check(kind, &chunks, target, tolerance);
            if color < 4 {
                let chunks = [chunks, vec![chunk(b"tRNS", &transparency)]].concat();
                check(kind, &chunks, target, tolerance);
            }
        }
    }
}

#[test]
fn every_kind_of_every_small_size_is_exact() {
    for width in 1..=9 {
        for height in [1, 2, 3, 5, 8, 9, 33] {
            check_all_kinds((width, height), 100, 0);
        }
    }
}

#[test]
fn every_kind_is_shrunk_alike() {
    // Samples of 16 bits are rounded only after they were averaged; then one may be the other neighbour.
    check_all_kinds((150, 97), 9, 1);
    check_all_kinds((64, 128), 16, 1);
}

#[test]
fn a_picture_larger_than_all_buffers_is_read() {
    for is_interlaced in [false, true] {
        let kind = Kind {
            size: (700, 500),
            color: 2,
            depth: 8,
            is_interlaced,
        };
        check(kind, &[], 25, 0);
    }
}

#[test]
fn a_stream_in_many_chunks_is_one_stream() {
    let kind = Kind::rgba(90, 60);
    let rows = kind.rows(residues(5));
    let whole = kind.file(&[], &rows);
    let pieces: Vec<Vec<u8>> = super::files::packed(&rows)
        .chunks(3)
        .map(|piece| chunk(b"IDAT", piece))
        .collect();
    let file = super::files::file(&[vec![kind.header()], pieces].concat());
    assert_eq!(super::rendered(&file), super::rendered(&whole));
}
