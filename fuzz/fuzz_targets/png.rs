#![no_main]

use libfuzzer_sys::fuzz_target;
use thumbnailify_fuzz::{render, with_right_checksums};
use thumbnailify_png::Png;

fuzz_target!(|file: &[u8]| render::<Png>("image/png", &with_right_checksums(file)));
