use thumbnailify_sdk::{PixelFormat, Raster};

use super::files::{Kind, chunk, packed};
use super::rendered;

/// A picture of one pixel with these chunks.
fn pixel(color: u8, sample: &[u8], chunks: &[Vec<u8>]) -> Raster {
    let kind = Kind {
        color,
        ..Kind::gray(1, 1)
    };
    rendered(&kind.file(chunks, &[&[0], sample].concat()))
}

fn gray(sample: u8, chunks: &[Vec<u8>]) -> u8 {
    let raster = pixel(0, &[sample], chunks);
    assert_eq!(
        (raster.format, raster.pixels.len()),
        (PixelFormat::Gray8, 1)
    );
    raster.pixels[0]
}

fn rgb(sample: [u8; 3], chunks: &[Vec<u8>]) -> [u8; 3] {
    pixel(2, &sample, chunks).pixels.try_into().unwrap()
}

fn near(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| one.abs_diff(other) <= 3)
}

fn gamma(value: u32) -> Vec<u8> {
    chunk(b"gAMA", &value.to_be_bytes())
}

fn chromaticities(values: [u32; 8]) -> Vec<u8> {
    chunk(b"cHRM", &values.map(u32::to_be_bytes).concat())
}

fn profile(profile: &moxcms::ColorProfile) -> Vec<u8> {
    chunk(
        b"iCCP",
        &[b"name\0\0".to_vec(), packed(&profile.encode().unwrap())].concat(),
    )
}

const SRGB: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
const DISPLAY_P3: [u32; 8] = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];

/// A saturated colour of Display P3, and what it is in sRGB.
const IN_P3: [u8; 3] = [128, 200, 128];
const IN_SRGB: [u8; 3] = [103, 202, 120];

#[test]
fn another_gamma_is_brought_to_that_of_srgb() {
    assert_eq!(gray(128, &[gamma(100_000)]), 186);
    assert_eq!(gray(128, &[gamma(45_455)]), 128);
    assert_eq!(gray(128, &[gamma(0)]), 128);
    assert_eq!(gray(128, &[gamma(u32::MAX)]), 255);
    assert_eq!(rgb([128, 0, 255], &[gamma(100_000)]), [186, 0, 255]);
    assert_eq!(
        pixel(4, &[128, 128], &[gamma(100_000)]).pixels,
        [186, 186, 186, 128]
    );
}

#[test]
fn other_primaries_are_brought_to_those_of_srgb() {
    assert_eq!(rgb([1, 2, 3], &[chromaticities(SRGB)]), [1, 2, 3]);
    let both = [gamma(45_455), chromaticities(DISPLAY_P3)];
    let converted = rgb(IN_P3, &both);
    assert!(near(converted, IN_SRGB), "{converted:?}");
    let white = rgb([255; 3], &both);
    assert!(near(white, [255; 3]), "{white:?}");
    let with_gamma = rgb([128; 3], &[gamma(100_000), chromaticities(DISPLAY_P3)]);
    assert!(near(with_gamma, [186; 3]), "{with_gamma:?}");
}

#[test]
fn primaries_that_are_none_are_ignored() {
    for values in [[0; 8], [u32::MAX; 8], [1; 8], [31270, 0, 1, 1, 1, 1, 1, 1]] {
        assert_eq!(
            rgb([1, 2, 3], &[chromaticities(values)]),
            [1, 2, 3],
            "{values:?}"
        );
    }
}

#[test]
fn the_statement_of_srgb_beats_gamma() {
    let srgb = chunk(b"sRGB", &[0]);
    assert_eq!(gray(128, &[gamma(100_000), srgb.clone()]), 128);
    assert_eq!(rgb(IN_P3, &[srgb, chromaticities(DISPLAY_P3)]), IN_P3);
}

#[test]
fn a_profile_beats_the_statement_of_srgb() {
    let p3 = profile(&moxcms::ColorProfile::new_display_p3());
    let converted = rgb(IN_P3, &[chunk(b"sRGB", &[0]), p3, gamma(100_000)]);
    assert!(near(converted, IN_SRGB), "{converted:?}");
}

#[test]
fn code_points_beat_a_profile() {
    let p3 = profile(&moxcms::ColorProfile::new_display_p3());
    let srgb = chunk(b"cICP", &[1, 13, 0, 1]);
    assert_eq!(rgb(IN_P3, &[srgb, p3]), IN_P3);
    let converted = rgb(IN_P3, &[chunk(b"cICP", &[12, 13, 0, 1])]);
    assert!(near(converted, IN_SRGB), "{converted:?}");
}

#[test]
fn code_points_without_a_meaning_are_ignored() {
    for code_points in [[2, 13, 0, 1], [1, 2, 0, 1], [1, 13, 1, 1], [255, 255, 0, 1]] {
        let chunks = [chunk(b"cICP", &code_points), gamma(100_000)];
        assert_eq!(gray(128, &chunks), 186, "{code_points:?}");
    }
}

#[test]
fn high_dynamic_range_is_brought_into_that_of_srgb() {
    // Paper white, at 203 cd/m2, is 58 % of PQ and 75 % of HLG.
    for (transfer, paper) in [(16, 148), (18, 191)] {
        let chunks = [chunk(b"cICP", &[9, transfer, 0, 1])];
        let [black, dark, white, bright] =
            [0, paper / 2, paper, 255].map(|sample| gray(sample, &chunks));
        assert!(black == 0 && dark > 30 && dark < 160, "{black} {dark}");
        assert!(
            (230..=250).contains(&white) && bright > white,
            "{white} {bright}"
        );
        let red = rgb([paper, 0, 0], &chunks);
        assert!(red[0] > 200 && red[1] < 20 && red[2] < 20, "{red:?}");
    }
}

#[test]
fn a_narrow_range_is_widened() {
    let chunks = [chunk(b"cICP", &[1, 13, 0, 0])];
    assert_eq!(
        [0, 16, 235, 255].map(|sample| gray(sample, &chunks)),
        [0, 0, 255, 255]
    );
}

#[test]
fn a_profile_of_grey_is_used_with_and_without_alpha() {
    let linear = profile(&moxcms::ColorProfile::new_gray_with_gamma(1.0));
    let opaque = gray(55, std::slice::from_ref(&linear));
    assert!(opaque.abs_diff(128) < 3, "{opaque}");
    let raster = pixel(4, &[55, 77], &[linear]);
    assert_eq!(raster.pixels, [opaque, opaque, opaque, 77]);
}

#[test]
fn a_broken_profile_is_ignored() {
    let bomb = packed(&vec![0; 5 << 20]);
    for data in [
        b"".to_vec(),
        b"name\0\0".to_vec(),
        [b"name\0\x01".to_vec(), packed(&[1; 999])].concat(),
        [b"name\0\0".to_vec(), bomb].concat(),
        vec![b'n'; 500],
    ] {
        assert_eq!(gray(128, &[chunk(b"iCCP", &data), gamma(100_000)]), 186);
    }
}

#[test]
fn chunks_with_a_wrong_checksum_count_as_not_there() {
    let mut broken = gamma(100_000);
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(gray(128, &[broken]), 128);
}
