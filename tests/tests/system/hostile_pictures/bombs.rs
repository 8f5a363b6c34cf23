use std::sync::Arc;

use thumbnailify_tests::sandboxed::{BuiltIn, MANY_FRAMES};

use super::{gif_bytes, jpeg_bytes, png_bytes, zeros};

/// What a bomb may take. The CPU time is that of a loaded machine without optimisation of the host.
const MEMORY_MIB: u64 = 96;
const CPU_MS: u64 = 10_000;

const GIB: u64 = 1 << 30;

/// Lights a bomb, once for a still picture and once for a moving one.
async fn check(handler: &'static str, file: Vec<u8>) {
    let lit = tokio::task::spawn_blocking(move || {
        let built_in = BuiltIn::load(handler);
        let file: Arc<[u8]> = file.into();
        for max_frames in [1, MANY_FRAMES] {
            let run = built_in.render(&file, max_frames).unwrap();
            let said = run.answer.map(|picture| picture.source_size);
            let took = format!("{} MiB, {} ms: {said:?}", run.memory_mib, run.cpu_ms);
            eprintln!("{max_frames} frames at most: {took}");
            assert!(
                run.memory_mib <= MEMORY_MIB && run.cpu_ms <= CPU_MS,
                "{took}"
            );
        }
    });
    lit.await.unwrap();
}

async fn check_png(header: Vec<u8>, chunks: &[Vec<u8>]) {
    check("png", png_bytes::file(header, chunks)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_of_900_million_zeros_does_no_harm() {
    let header = png_bytes::header(30_000, 30_000, png_bytes::GRAY, 8, 0);
    check_png(header, &[png_bytes::pixels(30_000 * 30_001)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interlaced_png_of_900_million_zeros_does_no_harm() {
    let header = png_bytes::header(30_000, 30_000, png_bytes::GRAY, 1, 1);
    check_png(header, &[png_bytes::pixels(GIB / 8)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_with_the_largest_sides_does_no_harm() {
    let most = i32::MAX.unsigned_abs();
    for (width, height) in [(most, most), (most, 1), (1, most), (1_000_000, 900)] {
        let header = png_bytes::header(width, height, png_bytes::RGBA, 16, 0);
        check_png(header, &[png_bytes::pixels(1_000)]).await;
    }
}

/// The widest rows of every kind: what is one bit in the file may be many bytes in memory.
#[tokio::test(flavor = "multi_thread")]
async fn a_png_with_rows_of_many_megabytes_does_no_harm() {
    const ROW_BYTES: u32 = 30_000_000;
    for (color, depth, bits) in [
        (png_bytes::GRAY, 1, 1),
        (png_bytes::GRAY, 16, 16),
        (png_bytes::RGB, 8, 24),
        (png_bytes::RGBA, 16, 64),
    ] {
        for interlace in [0, 1] {
            let header = png_bytes::header(ROW_BYTES / bits * 8, 3, color, depth, interlace);
            let pixels = png_bytes::pixels(u64::from(ROW_BYTES) * 3 + 30);
            check_png(header, &[pixels]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_with_a_profile_of_a_gibibyte_does_no_harm() {
    let profile = [b"bomb\0\0".as_slice(), &zeros::compressed(GIB)].concat();
    check_png(
        small_header(),
        &[png_bytes::chunk(b"iCCP", &profile), small_pixels()],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_with_texts_of_gibibytes_does_no_harm() {
    let text = [b"bomb\0\0".as_slice(), &zeros::compressed(GIB)].concat();
    let international = [b"bomb\0\x01\0\0\0".as_slice(), &zeros::compressed(GIB)].concat();
    let texts = [
        png_bytes::chunk(b"zTXt", &text),
        png_bytes::chunk(b"iTXt", &international),
    ];
    let chunks = [texts.concat(), small_pixels(), texts.concat()];
    check_png(small_header(), &chunks).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_of_5_000_frames_does_no_harm() {
    const FRAMES: u32 = 5_000;
    let control = [FRAMES.to_be_bytes(), [0; 4]].concat();
    let mut chunks = vec![
        png_bytes::chunk(b"acTL", &control),
        frame_control(0),
        small_pixels(),
    ];
    for number in (1..FRAMES).map(|frame| frame * 2 - 1) {
        let pixels = zeros::compressed(64 * 65);
        let data = [(number + 1).to_be_bytes().as_slice(), &pixels].concat();
        chunks.extend([frame_control(number), png_bytes::chunk(b"fdAT", &data)]);
    }
    check_png(small_header(), &chunks).await;
}

fn small_header() -> Vec<u8> {
    png_bytes::header(64, 64, png_bytes::GRAY, 8, 0)
}

fn small_pixels() -> Vec<u8> {
    png_bytes::pixels(64 * 65)
}

/// The next frame is the whole canvas, for a tenth of a second.
fn frame_control(number: u32) -> Vec<u8> {
    let numbers = [number, 64, 64, 0, 0].map(u32::to_be_bytes).concat();
    png_bytes::chunk(
        b"fcTL",
        &[numbers.as_slice(), &[0, 1, 0, 10, 0, 0]].concat(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_of_a_million_empty_chunks_does_no_harm() {
    let chunks = [
        png_bytes::chunk(b"tEXt", b"a\0").repeat(500_000),
        png_bytes::chunk(b"IDAT", &[]).repeat(500_000),
    ];
    check_png(small_header(), &[chunks.concat(), small_pixels()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jpeg_headers_of_the_largest_sides_do_no_harm() {
    for frame in [jpeg_bytes::BASELINE, jpeg_bytes::PROGRESSIVE] {
        for (width, height) in [(65_500, 65_500), (31_000, 31_000), (65_500, 8), (8, 65_500)] {
            let mut file = jpeg_bytes::head(frame, width, height, 3);
            let last = if frame == jpeg_bytes::BASELINE { 63 } else { 0 };
            file.extend(jpeg_bytes::scan(3, 0, last));
            file.extend([0x55; 64]);
            check("jpeg", file).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jpeg_of_3_000_scans_of_nothing_does_no_harm() {
    const BLOCKS: u32 = 500 * 500;
    let mut file = jpeg_bytes::head(jpeg_bytes::PROGRESSIVE, 4_000, 4_000, 1);
    file.extend(jpeg_bytes::scan(1, 0, 0));
    file.extend(jpeg_bytes::empty_dc(BLOCKS));
    for _ in 0..3_000 {
        file.extend(jpeg_bytes::scan(1, 1, 63));
        file.extend(jpeg_bytes::empty_ac(BLOCKS));
    }
    file.extend([0xff, 0xd9]);
    check("jpeg", file).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jpeg_of_3_000_scans_of_dc_does_no_harm() {
    const BLOCKS: u32 = 100 * 100;
    let mut file = jpeg_bytes::head(jpeg_bytes::PROGRESSIVE, 800, 800, 1);
    for _ in 0..3_000 {
        file.extend(jpeg_bytes::scan(1, 0, 0));
        file.extend(jpeg_bytes::empty_dc(BLOCKS));
    }
    file.extend([0xff, 0xd9]);
    check("jpeg", file).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_of_the_largest_canvas_does_no_harm() {
    for side in [65_535, 31_000] {
        let small = gif_bytes::file(side, side, &[gif_bytes::frame(1, 1, 0)]);
        let large = gif_bytes::file(side, side, &[gif_bytes::frame(side, side, 0)]);
        check("gif", small).await;
        check("gif", large).await;
        check(
            "gif",
            gif_bytes::file(1, 1, &[gif_bytes::frame(side, side, 0)]),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_of_20_000_frames_does_no_harm() {
    for disposal in 0..4 {
        let frame = gif_bytes::frame(1, 1, disposal);
        let frames = vec![frame; 20_000];
        check("gif", gif_bytes::file(300, 300, &frames)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_whose_large_frames_hold_hardly_any_pixels_does_no_harm() {
    let frames = vec![gif_bytes::frame(2_000, 2_000, 3); 300];
    check("gif", gif_bytes::file(2_000, 2_000, &frames)).await;
}

/// What has changed between two frames that are kept is far more than the images between them.
#[tokio::test(flavor = "multi_thread")]
async fn a_gif_whose_small_frames_lie_far_apart_does_no_harm() {
    const SIDE: u16 = 3_000;
    for (width, height, disposal) in [(1, 1, 0), (1, SIDE, 2), (SIDE, 1, 2)] {
        let far = [SIDE - width, SIDE - height];
        let pair = [[0, 0], far].map(|at| gif_bytes::frame_at(at, width, height, disposal));
        let frames = vec![pair.concat(); 10_000];
        check("gif", gif_bytes::file(SIDE, SIDE, &frames)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_of_large_frames_that_show_nothing_does_no_harm() {
    for side in [2_000, 31_000] {
        let frames = vec![gif_bytes::empty_frame(side, side); 32];
        check("gif", gif_bytes::file(side, side, &frames)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_of_frames_far_larger_than_its_canvas_does_no_harm() {
    let mut frames = vec![gif_bytes::empty_frame(1, 1)];
    frames.extend(vec![gif_bytes::empty_frame(65_535, 65_535); 10]);
    check("gif", gif_bytes::file(1, 1, &frames)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_of_high_frames_without_any_width_does_no_harm() {
    let frames = vec![gif_bytes::frame(0, 65_535, 2); 200_000];
    check("gif", gif_bytes::file(100, 65_535, &frames)).await;
}
