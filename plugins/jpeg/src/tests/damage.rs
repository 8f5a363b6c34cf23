//! Files that are cut off, changed or made to do harm.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use thumbnailify_sdk::{Failure, Raster, Size};

use super::oracle::{encoded, noise};
use super::{render_at, rendered_at, spliced};

const SIZE: Size = Size {
    width: 320,
    height: 320,
};

fn photo(set_up: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    encoded(&noise(SIZE, 3), SIZE, ColorType::Rgb, set_up)
}

fn rows(raster: &Raster, range: std::ops::Range<usize>) -> &[u8] {
    let row = raster.size.width as usize * 3;
    &raster.pixels[range.start * row..range.end * row]
}

fn is_gray(pixels: &[u8]) -> bool {
    pixels.iter().all(|sample| sample.abs_diff(128) <= 1)
}

#[test]
fn what_is_there_is_shown_and_the_rest_is_gray() {
    let bytes = photo(|_| {});
    for target in [20, 200] {
        let whole = rendered_at(&bytes, target);
        let half = rendered_at(&bytes[..bytes.len() / 2], target);
        assert_eq!(half.size, whole.size);
        let tenth = whole.size.height as usize / 10;
        assert!(rows(&half, 0..3 * tenth) == rows(&whole, 0..3 * tenth));
        assert!(is_gray(rows(&half, 7 * tenth..10 * tenth)));
    }
}

#[test]
fn a_file_without_any_pixel_is_malformed() {
    for is_progressive in [false, true] {
        let bytes = photo(|encoder| encoder.set_progressive(is_progressive));
        let scan = spliced::position(&bytes, 0xda);
        let data = scan + 2 + usize::from(bytes[scan + 3]);
        for target in [20, 200] {
            for length in [0, 1, 2, 3, 20, data - 20, data - 1, data] {
                let result = render_at(&bytes[..length], target);
                assert!(matches!(result, Err(Failure::Malformed(_))), "{length}");
            }
            assert!(render_at(&bytes[..data + 60], target).is_ok());
        }
    }
}

/// Where the restart markers are.
fn restarts(bytes: &[u8]) -> Vec<usize> {
    let is_restart = |at: &usize| bytes[*at] == 0xff && matches!(bytes[at + 1], 0xd0..=0xd7);
    (0..bytes.len() - 1).filter(is_restart).collect()
}

/// A restart marker behind each row of MCUs of 16 pixels.
fn photo_with_restarts() -> Vec<u8> {
    photo(|encoder| {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_restart_interval(20);
    })
}

#[test]
fn damage_ends_at_the_next_restart_marker() {
    let bytes = photo_with_restarts();
    let restarts = restarts(&bytes);
    let whole = rendered_at(&bytes, 20);
    for (start, end) in restarts.iter().zip(&restarts[1..]).take(15) {
        let mut damaged = bytes.clone();
        damaged[start + 10..end - 4].fill(0);
        let damaged = rendered_at(&damaged, 20);
        assert!(damaged.pixels != whole.pixels);
        assert!(rows(&damaged, 36..40) == rows(&whole, 36..40));
    }
}

#[test]
fn lost_intervals_move_nothing() {
    let bytes = photo_with_restarts();
    let restarts = restarts(&bytes);
    let whole = rendered_at(&bytes, 20);
    for lost in 1..=4 {
        let cut = [&bytes[..restarts[2]], &bytes[restarts[2 + lost]..]].concat();
        let cut = rendered_at(&cut, 20);
        assert!(is_gray(rows(&cut, 6 + 1..6 + 2 * lost - 1)));
        assert!(
            rows(&cut, 8 + 2 * lost..40) == rows(&whole, 8 + 2 * lost..40),
            "{lost}"
        );
    }
}

#[test]
fn a_scan_with_a_broken_header_is_stepped_over() {
    let bytes = photo(|encoder| encoder.set_progressive(true));
    let is_scan = |at: &usize| bytes[*at..*at + 2] == [0xff, 0xda];
    let scans: Vec<_> = (0..bytes.len() - 1).filter(is_scan).collect();
    for scan in &scans[1..] {
        let mut broken = bytes.clone();
        broken[scan + 5] = 99;
        assert!(render_at(&broken, 200).is_ok(), "{scan}");
    }
    let mut last = bytes.clone();
    last[scans[scans.len() - 1] + 5] = 99;
    let upper = rendered_at(&last, 20);
    assert_eq!(upper.pixels, rendered_at(&bytes, 20).pixels);
}

#[test]
fn too_many_scans_are_refused() {
    let bytes = photo(|encoder| encoder.set_progressive(true));
    let first = spliced::position(&bytes, 0xda);
    let second = first + 2 + spliced::position(&bytes[first + 2..], 0xda);
    let many = [
        &bytes[..first],
        &bytes[first..second].repeat(3_000),
        &bytes[second..],
    ]
    .concat();
    let result = render_at(&many, 200);
    assert!(matches!(result, Err(Failure::Malformed(_))));
}

#[test]
fn pictures_too_large_for_memory_are_refused() {
    let mut bytes = photo(|_| {});
    let frame = spliced::position(&bytes, 0xc0);
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    for target in [5_000, 60_000] {
        let result = render_at(&bytes, target);
        assert!(matches!(result, Err(Failure::TooLarge(_))), "{target}");
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let check = |bytes: &[u8], name: &str| match render_at(bytes, 100) {
        Err(Failure::Unsupported(message)) => assert!(message.contains(name), "{message}"),
        other => panic!("{name}: {:?}", other.err()),
    };
    let bytes = photo(|_| {});
    let frame = spliced::position(&bytes, 0xc0);
    let changed = |offset: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[frame + offset] = value;
        bytes
    };
    check(&changed(1, 0xc3), "lossless");
    check(&changed(1, 0xc5), "hierarchical");
    check(&changed(1, 0xc9), "arithmetic");
    check(&changed(1, 0xca), "arithmetic");
    check(&changed(4, 12), "12 bits");
    check(&changed(9, 2), "2 colour components");
}

/// Small files of all kinds.
fn seeds() -> Vec<Vec<u8>> {
    let size = Size {
        width: 70,
        height: 50,
    };
    let rgb = |set_up: fn(&mut Encoder<&mut Vec<u8>>)| {
        encoded(&noise(size, 3), size, ColorType::Rgb, set_up)
    };
    vec![
        rgb(|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2)),
        rgb(|encoder| encoder.set_restart_interval(3)),
        rgb(|encoder| encoder.set_optimized_huffman_tables(true)),
        rgb(|encoder| encoder.set_progressive(true)),
        encoded(&noise(size, 4), size, ColorType::CmykAsYcck, |_| {}),
        include_bytes!("../../fixtures/refined_color.jpg")[..3_000].to_vec(),
    ]
}

#[test]
fn no_truncation_does_harm() {
    for bytes in seeds() {
        for length in (0..bytes.len()).step_by(7) {
            for target in [4, 17, 100] {
                let result = render_at(&bytes[..length], target);
                assert!(
                    matches!(result, Ok(_) | Err(Failure::Malformed(_))),
                    "{result:?}"
                );
            }
        }
    }
}

#[test]
fn no_changed_bits_do_harm() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    for bytes in seeds() {
        for round in 0..700 {
            let mut changed = bytes.clone();
            // Most of the changes go to the headers, which decide the most.
            let reach = if round % 3 == 0 {
                bytes.len()
            } else {
                700.min(bytes.len())
            };
            for _ in 0..=next(4) {
                changed[next(reach)] ^= 1 << next(8);
            }
            // A size that is changed to a huge one costs time but shows nothing.
            let frame = bytes
                .windows(2)
                .position(|pair| matches!(pair, [0xff, 0xc0..=0xc2]));
            if let Some(frame) = frame {
                changed[frame + 5] = 0;
                changed[frame + 7] = 0;
            }
            for target in [4, 9, 17, 100] {
                let _ = render_at(&changed, target);
            }
        }
    }
}
