#![no_main]

use libfuzzer_sys::fuzz_target;
use thumbnailify_gif::Gif;

fuzz_target!(|file: &[u8]| thumbnailify_fuzz::render::<Gif>("image/gif", file));
