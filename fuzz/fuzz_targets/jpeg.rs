#![no_main]

use libfuzzer_sys::fuzz_target;
use thumbnailify_jpeg::Jpeg;

fuzz_target!(|file: &[u8]| thumbnailify_fuzz::render::<Jpeg>("image/jpeg", file));
