#![no_main]

use libfuzzer_sys::fuzz_target;
use thumbnailify_png::Png;

fuzz_target!(|file: &[u8]| thumbnailify_fuzz::render::<Png>("image/png", file));
