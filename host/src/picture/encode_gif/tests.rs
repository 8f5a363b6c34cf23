use gif::{ColorOutput, DecodeOptions};

use super::*;
use crate::picture::raster::{PixelFormat, Raster};

const SIDE: usize = 64;

/// A frame of `SIDE` x `SIDE` pixels.
fn frame(pixel: impl Fn(usize, usize) -> [u8; 4]) -> Frame {
    let pixels = (0..SIDE * SIDE).flat_map(|place| pixel(place % SIDE, place / SIDE));
    let side = u32::try_from(SIDE).unwrap();
    let size = Size {
        width: side,
        height: side,
    };
    Frame {
        raster: Raster::new(size, PixelFormat::Rgba8, pixels.collect()).unwrap(),
        delay_ms: 50,
    }
}

fn animation(frames: Vec<Frame>) -> Picture {
    Picture::Animation {
        frames,
        loop_count: 0,
    }
}

fn level(number: usize) -> u8 {
    (number % 256) as u8
}

/// What a viewer shows of each frame, composed by hand.
fn shown(file: &[u8]) -> Vec<Vec<Pixel>> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let mut decoder = options.read_info(file).unwrap();
    let width = usize::from(decoder.width());
    let mut canvas: Vec<Pixel> = vec![None; width * usize::from(decoder.height())];
    let mut shown = Vec::new();
    while let Some(image) = decoder.read_next_frame().unwrap() {
        let mut cleared = canvas.clone();
        for (number, pixel) in image.buffer.chunks_exact(4).enumerate() {
            let line = number / usize::from(image.width) + usize::from(image.top);
            let column = number % usize::from(image.width) + usize::from(image.left);
            cleared[line * width + column] = None;
            if pixel[3] > 0 {
                canvas[line * width + column] = Some([pixel[0], pixel[1], pixel[2]]);
            }
        }
        shown.push(canvas.clone());
        if image.dispose == DisposalMethod::Background {
            canvas = cleared;
        }
    }
    shown
}

/// The mean of the squares of the error of each frame, over all samples, where the file shows all that it
/// should and nothing else.
fn errors(picture: &Picture) -> Vec<f64> {
    let Picture::Animation { frames, .. } = picture else {
        panic!("a moving picture")
    };
    let shown = shown(&encode(picture).unwrap());
    assert_eq!(shown.len(), frames.len());
    let error = |(shown, frame): (&Vec<Pixel>, &Frame)| {
        let mut sum = 0;
        for (shown, pixel) in shown.iter().zip(pixels(&frame.raster)) {
            assert_eq!(shown.is_some(), pixel.is_some());
            sum += shown
                .zip(pixel)
                .map_or(0, |(shown, pixel)| pixel::distance(shown, pixel));
        }
        f64::from(sum) / (3 * SIDE * SIDE) as f64
    };
    shown.iter().zip(frames).map(error).collect()
}

/// Soft colours in motion, far more than a palette has.
fn soft(offset: usize) -> Frame {
    frame(|x, y| {
        [
            level((x + offset) * 3 % 256),
            level(y * 4),
            level((x * y + offset) / 17),
            255,
        ]
    })
}

/// A square on a still background of many colours.
fn moving_square(step: usize) -> Frame {
    frame(|x, y| {
        let is_square = (step * 4..step * 4 + 8).contains(&x) && (20..28).contains(&y);
        if is_square {
            [255, 0, 0, 255]
        } else {
            [level(x * 4), level(y * 4), level(x * y / 16), 255]
        }
    })
}

#[test]
fn few_colors_are_kept_exactly() {
    let frames =
        (0..6).map(|step| frame(|x, y| [level(x / 8 * 30), level((y + step) / 8 * 30), 7, 255]));
    assert_eq!(errors(&animation(frames.collect())), [0.0; 6]);
}

#[test]
fn a_still_may_use_the_whole_palette() {
    let all = frame(|x, y| [level(x * 4 + y % 4), 0, 9, 255]);
    let file = encode(&Picture::Still(all.raster.clone())).unwrap();
    assert!(shown(&file)[0] == pixels(&all.raster));
}

#[test]
fn a_few_more_colors_than_a_palette_holds_are_hardly_changed() {
    // 512 dark colours that differ by a level, and far away from them one bright pixel.
    let pixel = |x: usize, y: usize, step: usize| match (x, y) {
        (0, 0) => [255; 4],
        _ => [level(x / 4), level(y / 4), level((x + step) % 2), 255],
    };
    let frames = (0..2).map(|step| frame(|x, y| pixel(x, y, step)));
    let errors = errors(&animation(frames.collect()));
    assert!(errors.iter().all(|error| *error < 0.4), "{errors:?}");
}

#[test]
fn many_colors_are_shown_well() {
    // 65025 / 20 is 35 dB.
    let errors = errors(&animation((0..8).map(|step| soft(step * 5)).collect()));
    assert!(errors.iter().all(|error| *error < 20.0), "{errors:?}");
}

#[test]
fn a_scene_that_the_others_leave_no_colors_for_has_its_own() {
    let mut frames: Vec<Frame> = (0..30).map(|step| soft(step * 5)).collect();
    frames.push(frame(|x, y| {
        [level(x * 4), 255 - level(y * 4), level(x * 4), 255]
    }));
    let errors = errors(&animation(frames));
    assert!(errors.iter().all(|error| *error < 25.0), "{errors:?}");
}

#[test]
fn what_is_transparent_stays_so_from_frame_to_frame() {
    let shape = |step: usize| {
        frame(move |x, y| match (x * 7 + y * 3 + step * 11) % 50 {
            far if far > 20 + step % 3 * 10 => [1, 2, 3, 127],
            near => [level(near / 4 * 20), 200, level(step * 9), 128],
        })
    };
    let frames: Vec<Frame> = (0..12).map(shape).collect();
    assert_eq!(errors(&animation(frames)), [0.0; 12]);
}

#[test]
fn a_frame_may_be_empty() {
    let nothing = || frame(|_, _| [9, 9, 9, 0]);
    let dot = frame(|x, y| [200, 0, 0, if x == y { 255 } else { 0 }]);
    assert_eq!(
        errors(&animation(vec![nothing(), dot, nothing()])),
        [0.0; 3]
    );
    let file = encode(&Picture::Still(nothing().raster)).unwrap();
    assert!(shown(&file)[0].iter().all(Option::is_none));
}

#[test]
fn only_what_changes_is_written() {
    let frames: Vec<Frame> = (0..12).map(moving_square).collect();
    let whole: usize = frames.iter().map(|frame| whole_file(frame).len()).sum();
    let file = encode(&animation(frames)).unwrap();
    assert!(file.len() * 5 < whole, "{} of {whole}", file.len());
}

/// The frame alone, with a palette of its own.
fn whole_file(frame: &Frame) -> Vec<u8> {
    let mut pixels = frame.raster.pixels().to_vec();
    let side = u16::try_from(SIDE).unwrap();
    let image = gif::Frame::from_rgba_speed(side, side, &mut pixels, 10);
    let mut encoder = Encoder::new(Vec::new(), side, side, &[]).unwrap();
    encoder.write_frame(&image).unwrap();
    encoder.into_inner().unwrap()
}

#[test]
fn a_frame_like_the_one_before_costs_next_to_nothing() {
    let [two, ten] = [2, 10].map(|count| {
        let frames = (0..count).map(|_| soft(0));
        encode(&animation(frames.collect())).unwrap().len()
    });
    assert!(ten < two + 8 * 40, "{two} {ten}");
}

#[test]
fn an_animation_keeps_its_delays_and_loops() {
    let delays = [70, 120, 0];
    let frames = delays.map(|delay_ms| Frame {
        delay_ms,
        ..soft(0)
    });
    for (loop_count, repeat) in [
        (0, Repeat::Infinite),
        (1, Repeat::Finite(0)),
        (3, Repeat::Finite(2)),
    ] {
        let frames = frames.to_vec();
        let file = encode(&Picture::Animation { frames, loop_count }).unwrap();
        let mut decoder = gif::Decoder::new(file.as_slice()).unwrap();
        let mut delays = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            delays.push(frame.delay);
        }
        assert_eq!(delays, [7, 12, 0]);
        assert_eq!(decoder.repeat(), repeat);
    }
}

#[test]
fn a_side_that_gif_cannot_express_is_an_error() {
    let size = Size {
        width: 65_536,
        height: 1,
    };
    let raster = Raster::new(size, PixelFormat::Gray8, vec![0; 65_536]).unwrap();
    assert!(encode(&Picture::Still(raster)).is_err());
}
