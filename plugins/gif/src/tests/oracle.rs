//! Compares with the `gif` crate's decoder and a plain compositor, and with averages by floating point.

use gif::{ColorOutput, DecodeOptions, DisposalMethod};

use super::*;

/// A generator of numbers that are the same each time.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Images of all kinds for a canvas of 40 x 30.
pub(super) fn random_images(seed: u64) -> Vec<TestImage> {
    let mut random = Random(seed);
    let mut images = vec![random_image(&mut random, (0, 0), (40, 30))];
    for _ in 0..random.below(8) {
        let offset = (random.below(45), random.below(35));
        let size = (1 + random.below(44), 1 + random.below(34));
        images.push(random_image(&mut random, offset, size));
    }
    images
}

fn random_image(
    random: &mut Random,
    offset: (usize, usize),
    (width, height): (usize, usize),
) -> TestImage {
    let run = 1 + random.below(40);
    let mut indices = Vec::new();
    while indices.len() < width * height {
        let index = random.below(4) as u8;
        indices.extend(vec![index; 1 + random.below(run)]);
    }
    indices.truncate(width * height);
    let own = (0..12).map(|_| random.below(256) as u8).collect();
    TestImage {
        left: offset.0 as u16,
        top: offset.1 as u16,
        disposal: random.below(4) as u8,
        delay: random.below(20) as u16,
        transparent: (random.below(3) > 0).then_some(HOLE),
        palette: (random.below(2) > 0).then_some(own),
        is_interlaced: random.below(3) == 0,
        height: height as u16,
        ..TestImage::new(width as u16, &indices)
    }
}

/// Every frame by the other decoder, in RGBA, and its disposal.
fn composed(bytes: &[u8], width: usize, height: usize) -> Vec<Vec<[u8; 4]>> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let mut decoder = options.read_info(bytes).unwrap();
    let mut canvas = vec![[0; 4]; width * height];
    let mut shown = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let before = canvas.clone();
        let mut cleared = canvas.clone();
        for (number, pixel) in frame.buffer.as_chunks::<4>().0.iter().enumerate() {
            let x = number % usize::from(frame.width) + usize::from(frame.left);
            let y = number / usize::from(frame.width) + usize::from(frame.top);
            if x < width && y < height {
                cleared[y * width + x] = [0; 4];
                if pixel[3] > 0 {
                    canvas[y * width + x] = *pixel;
                }
            }
        }
        shown.push(canvas.clone());
        match frame.dispose {
            DisposalMethod::Background => canvas = cleared,
            DisposalMethod::Previous => canvas = before,
            DisposalMethod::Any | DisposalMethod::Keep => {}
        }
    }
    shown
}

/// The frames in RGBA, whether the format has alpha or not.
fn rgba(raster: &Raster) -> Vec<[u8; 4]> {
    let pixel = |pixel: &[u8]| match *pixel {
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => panic!("three or four channels"),
    };
    let pixels = raster.pixels.chunks(raster.format.channels());
    pixels.map(pixel).collect()
}

fn frames(bytes: &[u8], request: &Request) -> Vec<Raster> {
    match render(bytes, request).unwrap().output {
        Output::Animation(animation) => {
            let frames = animation.frames.into_iter();
            frames.map(|frame| frame.raster).collect()
        }
        Output::Still(raster) => vec![raster],
        Output::Embedded(_) => panic!("a GIF embeds nothing"),
    }
}

#[test]
fn frames_are_those_of_another_decoder() {
    for seed in 0..200 {
        let bytes = file(40, 30, &random_images(seed));
        let expected = composed(&bytes, 40, 30);
        let frames = frames(&bytes, &request(99));
        assert_eq!(frames.len(), expected.len(), "{seed}");
        for (number, (frame, expected)) in frames.iter().zip(&expected).enumerate() {
            assert!(rgba(frame) == *expected, "{seed}: frame {number}");
        }
        if expected[0].iter().any(|pixel| pixel[3] > 0) {
            assert!(rgba(&still_raster(&bytes, &request(1))) == expected[0]);
        }
    }
}

#[test]
fn shrunk_frames_are_the_averages_of_whole_ones() {
    for seed in 0..60 {
        let bytes = file(40, 30, &random_images(seed));
        let whole = composed(&bytes, 40, 30);
        for target in [(3, 3), (7, 2), (6, 5)] {
            let request = Request {
                target: Size {
                    width: target.0,
                    height: target.1,
                },
                ..request(99)
            };
            let shrunk = frames(&bytes, &request);
            for (frame, whole) in shrunk.iter().zip(&whole) {
                check_averages(frame, whole);
            }
            let still = Request {
                max_frames: 1,
                position: Position::Frame(0),
                ..request.clone()
            };
            let auto = Request {
                position: Position::Auto,
                ..still.clone()
            };
            let is_seen = whole[0].iter().any(|pixel| pixel[3] > 0);
            let [played, streamed] = [still, auto].map(|request| still_raster(&bytes, &request));
            assert!(!is_seen || played == streamed);
        }
    }
}

fn check_averages(frame: &Raster, whole: &[[u8; 4]]) {
    assert!(frame.size.width < 40);
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    for (number, pixel) in rgba(frame).iter().enumerate() {
        let (x, y) = (number % width, number / width);
        let (mut sums, mut area) = ([0.0; 4], 0.0);
        for (row, tall) in shares(y, 30, height) {
            for (column, wide) in shares(x, 40, width) {
                let source = whole[row * 40 + column];
                let alpha = f64::from(source[3]) * tall * wide;
                (0..3).for_each(|lane| sums[lane] += f64::from(source[lane]) * alpha);
                sums[3] += alpha;
                area += tall * wide;
            }
        }
        let expected_alpha = sums[3] / area;
        assert!((f64::from(pixel[3]) - expected_alpha).abs() < 6.0);
        // Edges lie on 32nds of a pixel, and where little is to be seen its colour says little.
        if expected_alpha > 100.0 {
            for lane in 0..3 {
                let expected = sums[lane] / sums[3];
                assert!((f64::from(pixel[lane]) - expected).abs() < 12.0);
            }
        }
    }
}

/// The source pixels below a new one, and how much of each.
fn shares(index: usize, source: usize, count: usize) -> Vec<(usize, f64)> {
    let edge = |index: usize| index as f64 * source as f64 / count as f64;
    let share = |at: usize| edge(index + 1).min(at as f64 + 1.0) - edge(index).max(at as f64);
    let shares = (0..source).map(|at| (at, share(at)));
    shares.filter(|(_, share)| *share > 0.0).collect()
}
