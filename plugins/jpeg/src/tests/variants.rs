//! Every way to store a picture, against another decoder that decodes it in full.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use thumbnailify_sdk::{PixelFormat, Raster, Size};

use super::oracle::{decoded, encoded, noise, psnr, thumbnail};
use super::{rendered_at, spliced};

const SAMPLINGS: [SamplingFactor; 8] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
    SamplingFactor::F_4_1,
    SamplingFactor::F_4_2,
    SamplingFactor::F_1_4,
    SamplingFactor::F_2_4,
];

/// Not a multiple of any MCU.
const SIZE: Size = Size {
    width: 643,
    height: 427,
};

/// Targets that need the picture at 1/8, 1/4, 3/8 and 1/2 of its size, and in full.
const TARGETS: [u32; 5] = [40, 80, 120, 160, 300];

/// Compares the thumbnails, at all scales, with those of `full`.
fn check(name: &str, bytes: &[u8], full: &Raster, least_psnr: f64) {
    for target in TARGETS {
        let raster = rendered_at(bytes, target);
        let expected = thumbnail(full, full.size, target);
        let psnr = psnr(&thumbnail(&raster, full.size, target), &expected);
        assert!(psnr >= least_psnr, "{name} at {target}: {psnr:.1} dB");
    }
}

/// Compares with the picture before it was encoded: the other decoder does not know all samplings.
fn check_samplings(set_up: impl Fn(&mut Encoder<&mut Vec<u8>>)) {
    let original = Raster {
        size: SIZE,
        format: PixelFormat::Rgb8,
        pixels: noise(SIZE, 3),
    };
    for sampling in SAMPLINGS {
        let bytes = encoded(&original.pixels, SIZE, ColorType::Rgb, |encoder| {
            encoder.set_sampling_factor(sampling);
            set_up(encoder);
        });
        check(&format!("{sampling:?}"), &bytes, &original, 33.0);
    }
}

#[test]
fn the_usual_samplings_are_decoded_as_others_do() {
    let pixels = noise(SIZE, 3);
    for sampling in &SAMPLINGS[..4] {
        for is_progressive in [false, true] {
            let bytes = encoded(&pixels, SIZE, ColorType::Rgb, |encoder| {
                encoder.set_sampling_factor(*sampling);
                encoder.set_progressive(is_progressive);
            });
            check(&format!("{sampling:?}"), &bytes, &decoded(&bytes), 40.0);
        }
    }
}

#[test]
fn each_sampling_is_decoded_in_one_scan() {
    check_samplings(|_| {});
}

#[test]
fn each_sampling_is_decoded_in_a_scan_for_each_component() {
    check_samplings(|encoder| encoder.set_optimized_huffman_tables(true));
}

#[test]
fn each_sampling_is_decoded_with_progressive_scans() {
    check_samplings(|encoder| encoder.set_progressive(true));
}

#[test]
fn each_sampling_is_decoded_with_restart_markers() {
    check_samplings(|encoder| encoder.set_restart_interval(7));
    check_samplings(|encoder| {
        encoder.set_progressive(true);
        encoder.set_restart_interval(1);
    });
}

#[test]
fn gray_is_decoded() {
    let pixels = noise(SIZE, 1);
    for is_progressive in [false, true] {
        let bytes = encoded(&pixels, SIZE, ColorType::Luma, |encoder| {
            encoder.set_progressive(is_progressive);
        });
        check("gray", &bytes, &decoded(&bytes), 42.0);
    }
}

/// The files are those of libjpeg, which knows more of the progressive mode than the encoder here does.
#[test]
fn refinements_are_decoded() {
    let color = include_bytes!("../../fixtures/refined_color.jpg");
    check("color", color, &decoded(color), 40.0);
    let gray = include_bytes!("../../fixtures/refined_gray.jpg");
    check("gray", gray, &decoded(gray), 40.0);
}

#[test]
fn a_picture_of_any_small_size_is_decoded() {
    for width in (1..20).chain([31, 32, 33]) {
        for height in [1, 7, 8, 9, 16, 17] {
            let size = Size { width, height };
            let bytes = encoded(&noise(size, 3), size, ColorType::Rgb, |encoder| {
                encoder.set_sampling_factor(SamplingFactor::F_2_2);
            });
            let raster = rendered_at(&bytes, 100);
            assert_eq!(raster.size, size);
            let psnr = psnr(&raster, &decoded(&bytes));
            assert!(psnr > 30.0, "{width} x {height}: {psnr:.1} dB");
            for target in [1, 3] {
                rendered_at(&bytes, target);
            }
        }
    }
}

#[test]
fn stray_bytes_before_markers_are_skipped() {
    let bytes = encoded(&noise(SIZE, 3), SIZE, ColorType::Rgb, |encoder| {
        encoder.set_restart_interval(5);
    });
    let expected = rendered_at(&bytes, 40);
    let mut filled = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let is_marker = at > 0 && *byte == 0xff && matches!(next, 0xc0..=0xdf);
        filled.extend(is_marker.then_some([0xff; 3]).into_iter().flatten());
        filled.push(*byte);
    }
    assert_eq!(rendered_at(&filled, 40), expected);
}

#[test]
fn the_height_may_come_behind_the_scan() {
    let bytes = encoded(&noise(SIZE, 3), SIZE, ColorType::Rgb, |_| {});
    let expected = rendered_at(&bytes, 40);
    let frame = spliced::position(&bytes, 0xc0);
    let [high, low] = (SIZE.height as u16).to_be_bytes();
    let mut bytes = [
        &bytes[..bytes.len() - 2],
        &[0xff, 0xdc, 0, 4, high, low, 0xff, 0xd9],
    ]
    .concat();
    bytes[frame + 5..frame + 7].fill(0);
    assert_eq!(rendered_at(&bytes, 40), expected);
}

#[test]
fn an_end_marker_is_not_missed() {
    let bytes = encoded(&noise(SIZE, 3), SIZE, ColorType::Rgb, |_| {});
    let expected = rendered_at(&bytes, 40);
    assert_eq!(rendered_at(&bytes[..bytes.len() - 2], 40), expected);
    assert_eq!(
        rendered_at(&[bytes.as_slice(), &bytes].concat(), 40),
        expected
    );
}

/// The file with other factors for its three components, each of which has a scan for itself.
fn with_factors(bytes: &[u8], factors: [u8; 3]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let frame = spliced::position(&bytes, 0xc0);
    for (index, factors) in factors.into_iter().enumerate() {
        bytes[frame + 11 + 3 * index] = factors;
    }
    bytes
}

#[test]
fn the_sides_of_a_picture_are_right_with_any_factors() {
    let size = Size {
        width: 165,
        height: 97,
    };
    let bytes = encoded(&noise(size, 3), size, ColorType::Rgb, |encoder| {
        encoder.set_optimized_huffman_tables(true);
    });
    let all = (0..16).map(|index| (index / 4 + 1) << 4 | (index % 4 + 1));
    let pairs = all
        .clone()
        .flat_map(|light| all.clone().map(move |blue| (light, blue)));
    for factors in pairs.map(|(light, blue)| [light, blue, 0x11]) {
        let bytes = with_factors(&bytes, factors);
        assert_eq!(rendered_at(&bytes, 165).size, size, "{factors:x?}");
        for target in [7, 15, 30] {
            let reduced = rendered_at(&bytes, target).size;
            let ratio = f64::from(reduced.width) / f64::from(reduced.height);
            assert!(
                reduced.width >= target && (1.4..2.0).contains(&ratio),
                "{factors:x?} at {target}: {reduced:?}"
            );
        }
    }
}
