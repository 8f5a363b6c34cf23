use thumbnailify_sdk::{Failure, MediaHandler, PixelFormat, Request, Size};

use super::files::{COLORS_AND_DEPTHS, Kind, chunk, file, noise, packed, packed_with, residues};
use super::{render, rendered, request, still};
use crate::Png;

fn is_malformed(file: &[u8]) -> bool {
    matches!(render(file), Err(Failure::Malformed(_)))
}

/// A picture each row of which has the number of the row.
fn numbered(kind: Kind) -> Vec<u8> {
    let rows: Vec<u8> = (0..kind.size.1)
        .flat_map(|y| {
            [
                vec![0],
                vec![(y as u8).wrapping_add(1); kind.size.0 as usize],
            ]
            .concat()
        })
        .collect();
    // Not packed at all, so that each byte holds a pixel.
    let pixels = chunk(b"IDAT", &packed_with(&rows, flate2::Compression::none()));
    file(&[kind.header(), pixels])
}

#[test]
fn of_a_cut_off_picture_the_rows_that_are_there_are_shown() {
    let bytes = numbered(Kind::gray(10, 8));
    let behind_pixels = bytes.len() - 12 - 4 - 4;
    let first_row = behind_pixels - 8 * 11;
    for at in 0..bytes.len() {
        let cut = &bytes[..at];
        let rows = at.saturating_sub(first_row) / 11;
        match rows {
            0 => assert!(is_malformed(cut), "{at}"),
            8.. => assert_eq!(rendered(cut).format, PixelFormat::Gray8, "{at}"),
            _ => {
                let raster = rendered(cut);
                assert_eq!(raster.format, PixelFormat::Rgba8);
                for (y, row) in raster.pixels.chunks(40).enumerate() {
                    let shown = y as u8 + 1;
                    let expected = if y < rows {
                        [shown, shown, shown, 255]
                    } else {
                        [0; 4]
                    };
                    assert!(row.chunks(4).all(|pixel| pixel == expected), "{at} {y}");
                }
            }
        }
    }
}

#[test]
fn of_a_cut_off_large_picture_the_top_is_shown() {
    let kind = Kind::gray(900, 600);
    let bytes = numbered(kind);
    let raster = rendered(&bytes[..bytes.len() / 2]);
    assert_eq!(raster.format, PixelFormat::Rgba8);
    let row_bytes = raster.row_len();
    let height = raster.size.height as usize;
    let opaque = |y: usize| {
        raster.pixels[y * row_bytes..][..row_bytes]
            .iter()
            .skip(3)
            .step_by(4)
    };
    assert!((0..height * 49 / 100).all(|y| opaque(y).clone().all(|alpha| *alpha == 255)));
    assert!((height * 51 / 100..height).all(|y| opaque(y).clone().all(|alpha| *alpha == 0)));
}

#[test]
fn a_cut_off_interlaced_picture_is_coarse_but_whole() {
    let kind = Kind {
        is_interlaced: true,
        ..Kind::gray(40, 40)
    };
    let rows = kind.rows(|| 0).into_iter();
    // One colour, without filters.
    let plain: Vec<u8> = {
        let mut rows: Vec<u8> = rows.collect();
        let size = Size {
            width: 40,
            height: 40,
        };
        let mut at = 0;
        for pass in crate::interlace::passes(size) {
            for _ in 0..pass.size.height {
                rows[at] = 0;
                rows[at + 1..=at + pass.size.width as usize].fill(200);
                at += pass.size.width as usize + 1;
            }
        }
        rows
    };
    let pixels = packed_with(&plain, flate2::Compression::none());
    for count in [1 + 5 + 40, 200, 700, 1500] {
        let cut = file(&[kind.header(), chunk(b"IDAT", &pixels[..count])]);
        let raster = rendered(&cut);
        if count >= 200 {
            assert!(raster.pixels.iter().all(|gray| *gray == 200), "{count}");
        }
    }
}

#[test]
fn rows_before_a_filter_that_does_not_exist_are_shown() {
    let kind = Kind::gray(3, 4);
    let rows = [0, 1, 1, 1, 0, 2, 2, 2, 9, 3, 3, 3, 0, 4, 4, 4];
    let raster = rendered(&kind.file(&[], &rows));
    assert_eq!(raster.pixels[4 * 3 * 2 - 1], 255);
    assert!(raster.pixels[4 * 3 * 2..].iter().all(|byte| *byte == 0));
}

#[test]
fn checksums_of_what_is_needed_must_be_right() {
    let kind = Kind {
        color: 3,
        ..Kind::gray(1, 1)
    };
    let palette = chunk(b"PLTE", &[1, 2, 3]);
    let good = kind.file(std::slice::from_ref(&palette), &[0, 0]);
    assert_eq!(rendered(&good).pixels, [1, 2, 3]);
    for at in [30, 33 + palette.len() - 1] {
        let mut broken = good.clone();
        broken[at] ^= 1;
        assert!(is_malformed(&broken), "{at}");
    }
    // That of the pixels is not looked at.
    let mut broken = good.clone();
    let at = good.len() - 13;
    broken[at] ^= 1;
    assert_eq!(rendered(&broken).pixels, [1, 2, 3]);
}

#[test]
fn a_palette_must_be_there_and_an_index_beyond_it_is_black() {
    let kind = Kind {
        color: 3,
        ..Kind::gray(2, 1)
    };
    let pixels = [0, 0, 7];
    for chunks in [
        vec![],
        vec![chunk(b"PLTE", b"")],
        vec![chunk(b"PLTE", &[1, 2])],
    ] {
        assert!(is_malformed(&kind.file(&chunks, &pixels)));
    }
    let palette = chunk(b"PLTE", &[1, 2, 3]);
    assert_eq!(
        rendered(&kind.file(&[palette], &pixels)).pixels,
        [1, 2, 3, 0, 0, 0]
    );
}

#[test]
fn headers_that_are_not_allowed_are_malformed() {
    let pixels = [0; 64];
    for (color, depth) in (0..8).flat_map(|color| (0..=17).map(move |depth| (color, depth))) {
        let kind = Kind {
            color,
            depth,
            ..Kind::gray(1, 1)
        };
        let palette = chunk(b"PLTE", &[1, 2, 3]);
        let is_allowed = COLORS_AND_DEPTHS.contains(&(color, depth));
        assert_eq!(
            render(&kind.file(&[palette], &pixels)).is_ok(),
            is_allowed,
            "{kind:?}"
        );
    }
    for size in [(0, 1), (1, 0), (0, 0), (1 << 31, 1), (u32::MAX, u32::MAX)] {
        let kind = Kind {
            size,
            ..Kind::gray(1, 1)
        };
        assert!(is_malformed(&kind.file(&[], &pixels)), "{size:?}");
    }
    assert!(is_malformed(b""));
    assert!(is_malformed(&file(&[])));
    assert!(is_malformed(&file(&[chunk(b"IDAT", b"")])));
    assert!(is_malformed(&file(&[Kind::gray(1, 1).header()])));
}

#[test]
fn enormous_pictures_are_refused_before_anything_is_unpacked() {
    for (color, size, is_interlaced) in [
        (2, (0x7fff_ffff, 0x7fff_ffff), false),
        (6, (0x7fff_ffff, 1), false),
        (6, (0x7fff_ffff, 1), true),
        (0, (30_000, 30_000), false),
        (0, (30_000, 30_000), true),
    ] {
        let kind = Kind {
            size,
            color,
            depth: 8,
            is_interlaced,
        };
        let result = render(&kind.file(&[], &[0; 1000]));
        assert!(matches!(result, Err(Failure::TooLarge(_))), "{size:?}");
    }
}

#[test]
fn a_tall_and_a_wide_picture_are_shown() {
    for size in [(1, 70_000), (70_000, 1)] {
        let kind = Kind {
            size,
            ..Kind::gray(1, 1)
        };
        let file = kind.file(&[], &kind.rows(|| 0));
        assert_eq!(rendered(&file).pixels.iter().max(), Some(&0));
    }
}

#[test]
fn thousands_of_chunks_and_repeated_ones_do_no_harm() {
    let kind = Kind::gray(1, 1);
    let other = chunk(b"teXt", b"key\0value");
    let profile = chunk(
        b"iCCP",
        &[b"a\0\0".to_vec(), packed(&vec![0; 100_000])].concat(),
    );
    let chunks = [
        vec![other; 5000],
        vec![profile; 500],
        vec![kind.header(); 9],
    ]
    .concat();
    assert_eq!(rendered(&kind.file(&chunks, &[0, 77])).pixels, [77]);
}

#[test]
fn no_change_does_harm() {
    let mut noise = noise(1);
    for (number, (color, depth)) in COLORS_AND_DEPTHS.iter().cycle().take(60).enumerate() {
        let kind = Kind {
            size: (30, 20),
            color: *color,
            depth: *depth,
            is_interlaced: number % 2 == 0,
        };
        let chunks = [
            chunk(b"PLTE", &[7; 48]),
            chunk(b"gAMA", &[0, 1, 0, 0]),
            chunk(b"tRNS", &[0, 1]),
        ];
        let good = kind.file(&chunks, &kind.rows(residues(number as u64)));
        for _ in 0..100 {
            let mut changed = good.clone();
            for _ in 0..1 + noise() % 4 {
                let at = usize::from(noise()) * 256 + usize::from(noise());
                let at = at % changed.len();
                changed[at] = noise();
            }
            let _ = render(&changed);
        }
    }
}

#[test]
fn a_picture_is_refused_that_has_more_pixels_than_the_host_allows() {
    let request = Request {
        params: vec![("max-source-pixels".into(), "5".into())],
        ..request()
    };
    let kind = Kind::gray(3, 2);
    let file = kind.file(&[], &kind.rows(|| 0));
    assert!(matches!(
        Png::render(&file.as_slice(), &request),
        Err(Failure::TooLarge(_))
    ));
    assert_eq!(
        still(Png::render(&file.as_slice(), &super::request()).unwrap())
            .pixels
            .len(),
        6
    );
}
