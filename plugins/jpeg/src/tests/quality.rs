//! What the reduced scales cost: the thumbnail against that of the picture decoded in full.

use jpeg_encoder::{ColorType, SamplingFactor};
use thumbnailify_sdk::Size;

use super::oracle::{decoded, encoded, noise, psnr, thumbnail};
use super::rendered_at;

fn check(size: Size, least_psnr: f64) {
    let pixels = noise(size, 3);
    for is_progressive in [false, true] {
        let bytes = encoded(&pixels, size, ColorType::Rgb, |encoder| {
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
            encoder.set_progressive(is_progressive);
        });
        let expected = thumbnail(&decoded(&bytes), size, 100);
        let psnr = psnr(&thumbnail(&rendered_at(&bytes, 100), size, 100), &expected);
        assert!(psnr >= least_psnr, "{size:?}: {psnr:.1} dB");
    }
}

#[test]
fn a_thumbnail_of_twelve_megapixels_is_as_good_as_of_the_full_picture() {
    check(
        Size {
            width: 4_000,
            height: 3_000,
        },
        45.0,
    );
}

#[test]
fn a_thumbnail_of_a_picture_from_the_web_is_as_good_as_of_the_full_picture() {
    check(
        Size {
            width: 1_920,
            height: 1_080,
        },
        40.0,
    );
    check(
        Size {
            width: 1_203,
            height: 799,
        },
        40.0,
    );
    check(
        Size {
            width: 800,
            height: 600,
        },
        40.0,
    );
    check(
        Size {
            width: 641,
            height: 479,
        },
        40.0,
    );
}
