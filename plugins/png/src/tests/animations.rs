use thumbnailify_sdk::{Animation, Failure, MediaHandler, Output, PixelFormat, Request};

use super::files::{Kind, chunk, file, packed};
use super::{rendered, request};
use crate::Png;

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const CLEAR: [u8; 4] = [0; 4];
const HALF_BLUE: [u8; 4] = [0, 0, 255, 128];

/// A frame of one colour.
#[derive(Clone, Copy)]
struct Step {
    color: [u8; 4],
    size: (u32, u32),
    at: (u32, u32),
    delay: (u16, u16),
    dispose: u8,
    blend: u8,
}

impl Step {
    fn new(color: [u8; 4]) -> Self {
        Self {
            color,
            size: (2, 1),
            at: (0, 0),
            delay: (1, 10),
            dispose: 0,
            blend: 0,
        }
    }

    /// One pixel on the right.
    fn right(color: [u8; 4]) -> Self {
        Self {
            size: (1, 1),
            at: (1, 0),
            ..Self::new(color)
        }
    }

    fn control(self) -> Vec<u8> {
        let numbers = [7, self.size.0, self.size.1, self.at.0, self.at.1];
        let mut data = numbers.map(u32::to_be_bytes).concat();
        data.extend(self.delay.0.to_be_bytes());
        data.extend(self.delay.1.to_be_bytes());
        data.extend([self.dispose, self.blend]);
        chunk(b"fcTL", &data)
    }

    fn stream(self) -> Vec<u8> {
        let row = [vec![0], self.color.repeat(self.size.0 as usize)].concat();
        packed(&row.repeat(self.size.1 as usize))
    }

    /// In two chunks, each with its number.
    fn further(self) -> Vec<u8> {
        let stream = self.stream();
        let (one, other) = stream.split_at(stream.len() / 2);
        let piece = |piece: &[u8]| chunk(b"fdAT", &[&[0, 0, 0, 9], piece].concat());
        [self.control(), piece(one), piece(other)].concat()
    }
}

fn playback(frames: u32, plays: u32) -> Vec<u8> {
    chunk(
        b"acTL",
        &[frames.to_be_bytes(), plays.to_be_bytes()].concat(),
    )
}

/// A picture of two pixels in one row whose first frame is the default image.
fn animated(steps: &[Step]) -> Vec<u8> {
    animated_on((2, 1), steps)
}

fn animated_on((width, height): (u32, u32), steps: &[Step]) -> Vec<u8> {
    let (first, others) = steps.split_first().unwrap();
    let mut chunks = vec![
        Kind::rgba(width, height).header(),
        playback(steps.len() as u32, 3),
        first.control(),
        chunk(b"IDAT", &first.stream()),
    ];
    chunks.extend(others.iter().map(|step| step.further()));
    file(&chunks)
}

fn moving(bytes: &[u8], max_frames: u32) -> Result<Output, Failure> {
    let request = Request {
        max_frames,
        ..request()
    };
    Png::render(&bytes, &request).map(|picture| picture.output)
}

fn animation(bytes: &[u8]) -> Animation {
    match moving(bytes, 100).unwrap() {
        Output::Animation(animation) => animation,
        other => panic!("an animation was asked for, not {other:?}"),
    }
}

/// What is seen in each frame, pixel by pixel.
fn check(steps: &[Step], expected: &[[[u8; 4]; 2]]) {
    let frames = animation(&animated(steps)).frames;
    let pixels: Vec<Vec<u8>> = frames
        .into_iter()
        .map(|frame| frame.raster.pixels)
        .collect();
    assert_eq!(
        pixels,
        expected
            .iter()
            .map(|pixels| pixels.concat())
            .collect::<Vec<_>>()
    );
}

#[test]
fn frames_are_drawn_over_one_another() {
    let right = Step::right(GREEN);
    check(&[Step::new(RED), right], &[[RED, RED], [RED, GREEN]]);
    let clear = Step::right(CLEAR);
    check(&[Step::new(RED), clear], &[[RED, RED], [RED, CLEAR]]);
    let over = Step { blend: 1, ..clear };
    check(&[Step::new(RED), over], &[[RED, RED], [RED, RED]]);
    let half = Step {
        blend: 1,
        ..Step::right(HALF_BLUE)
    };
    check(
        &[Step::new(RED), half],
        &[[RED, RED], [RED, [127, 0, 128, 255]]],
    );
    check(
        &[Step::new(CLEAR), half],
        &[[CLEAR, CLEAR], [CLEAR, HALF_BLUE]],
    );
    check(
        &[Step::new(HALF_BLUE), half],
        &[[HALF_BLUE; 2], [HALF_BLUE, [0, 0, 255, 192]]],
    );
}

#[test]
fn frames_are_disposed_of() {
    let last = Step {
        size: (1, 1),
        ..Step::new(BLUE)
    };
    let kept = Step::right(GREEN);
    let seen = |right| [[RED, RED], [RED, GREEN], [BLUE, right]];
    check(&[Step::new(RED), kept, last], &seen(GREEN));
    check(
        &[Step::new(RED), Step { dispose: 1, ..kept }, last],
        &seen(CLEAR),
    );
    check(
        &[Step::new(RED), Step { dispose: 2, ..kept }, last],
        &seen(RED),
    );
    // Before the first frame there is nothing that could come back.
    let first = Step {
        dispose: 2,
        ..Step::new(RED)
    };
    check(&[first, last], &[[RED, RED], [BLUE, CLEAR]]);
}

#[test]
fn delays_and_repetitions_are_those_of_the_file() {
    let steps = [(0, 0), (1, 4), (3, 0)].map(|delay| Step {
        delay,
        ..Step::new(RED)
    });
    let animation = animation(&animated(&steps));
    let delays_ms: Vec<u32> = animation
        .frames
        .iter()
        .map(|frame| frame.delay_ms)
        .collect();
    assert_eq!((delays_ms, animation.loop_count), (vec![100, 250, 30], 3));
}

#[test]
fn a_default_image_outside_of_the_animation_is_shown_only_alone() {
    let chunks = [
        Kind::rgba(2, 1).header(),
        playback(2, 0),
        chunk(b"IDAT", &Step::new(RED).stream()),
        Step::new(GREEN).further(),
        Step::new(BLUE).further(),
    ];
    let bytes = file(&chunks);
    assert_eq!(rendered(&bytes).pixels, [RED, RED].concat());
    let frames = animation(&bytes).frames;
    assert_eq!(frames[0].raster.pixels, [GREEN, GREEN].concat());
    assert_eq!(frames.len(), 2);
}

#[test]
fn a_still_picture_is_the_default_image() {
    let bytes = animated(&[Step::new(RED), Step::new(GREEN)]);
    assert_eq!(rendered(&bytes).pixels, [RED, RED].concat());
    for steps in [&[Step::new(RED)][..], &[Step::new(RED); 1]] {
        assert!(matches!(moving(&animated(steps), 9), Ok(Output::Still(_))));
    }
    let plain = Kind::gray(1, 1).file(&[], &[0, 5]);
    assert!(matches!(moving(&plain, 9), Ok(Output::Still(_))));
}

#[test]
fn too_many_frames_are_thinned_out() {
    let steps = [Step::new(RED); 50];
    let Ok(Output::Animation(animation)) = moving(&animated(&steps), 10) else {
        panic!("an animation was asked for");
    };
    let duration_ms: u32 = animation.frames.iter().map(|frame| frame.delay_ms).sum();
    assert!(animation.frames.len() <= 10);
    assert_eq!(duration_ms, 5000);
}

#[test]
fn frames_share_what_the_answer_may_take() {
    const PIXEL_BYTES: usize = 4;
    let steps = [Step {
        size: (500, 500),
        ..Step::new(RED)
    }; 8];
    let bytes = animated_on((500, 500), &steps);
    let answer = |max_bytes: usize| {
        let request = Request {
            max_frames: 100,
            params: vec![("max-answer-bytes".into(), max_bytes.to_string())],
            ..request()
        };
        match Png::render(&bytes.as_slice(), &request).unwrap().output {
            Output::Animation(animation) => animation.frames,
            other => panic!("an animation was asked for, not {other:?}"),
        }
    };
    for (side, frames) in [(500, 8), (250, 8), (167, 8), (100, 4), (100, 2)] {
        let max_bytes = side * side * PIXEL_BYTES * frames;
        let answer = answer(max_bytes);
        let bytes: usize = answer.iter().map(|frame| frame.raster.pixels.len()).sum();
        assert!(bytes <= max_bytes, "{bytes}");
        assert_eq!(answer.len(), frames);
        let size = answer[0].raster.size;
        assert!(size.width == size.height && size.width >= 100, "{size:?}");
    }
}

#[test]
fn a_default_image_that_is_not_the_whole_canvas_is_shown_alone() {
    let part = Step {
        size: (1, 1),
        ..Step::new(RED)
    };
    let chunks = [
        Kind::rgba(2, 1).header(),
        playback(2, 0),
        part.control(),
        chunk(b"IDAT", &Step::new(RED).stream()),
        Step::new(GREEN).further(),
    ];
    let Ok(Output::Still(raster)) = moving(&file(&chunks), 9) else {
        panic!("a still picture is expected");
    };
    assert_eq!(raster.pixels, [RED, RED].concat());
}

#[test]
fn of_a_broken_animation_the_frames_before_are_shown() {
    let outside = Step {
        at: (1, 0),
        ..Step::new(BLUE)
    };
    let empty = Step {
        size: (0, 1),
        ..Step::new(BLUE)
    };
    let undefined = Step {
        dispose: 3,
        ..Step::new(BLUE)
    };
    for broken in [
        outside,
        empty,
        undefined,
        Step {
            blend: 2,
            ..undefined
        },
    ] {
        let steps = [Step::new(RED), Step::new(GREEN), broken, Step::new(RED)];
        assert_eq!(animation(&animated(&steps)).frames.len(), 2);
        // With no frame before, there is still the default image.
        let output = moving(&animated(&[broken, Step::new(GREEN)]), 9);
        assert!(!matches!(output, Ok(Output::Animation(_))));
    }
}

#[test]
fn no_truncation_of_an_animation_does_harm() {
    let bytes = animated(&[Step::new(RED), Step::right(GREEN), Step::new(BLUE)]);
    for at in 0..bytes.len() {
        let _ = moving(&bytes[..at], 9);
        let mut changed = bytes.clone();
        changed[at] ^= 0x55;
        let _ = moving(&changed, 9);
    }
}

#[test]
fn every_color_type_can_move() {
    let steps = [Step::new(RED); 2];
    let kind = Kind {
        color: 0,
        ..Kind::rgba(2, 1)
    };
    let frames = [vec![0, 7, 7], vec![0, 9, 9]].map(|rows| packed(&rows));
    let bytes = file(&[
        kind.header(),
        playback(2, 0),
        steps[0].control(),
        chunk(b"IDAT", &frames[0]),
        steps[1].control(),
        chunk(b"fdAT", &[vec![0; 4], frames[1].clone()].concat()),
    ]);
    let frames = animation(&bytes).frames;
    assert_eq!(frames[1].raster.format, PixelFormat::Rgba8);
    assert_eq!(frames[1].raster.pixels, [9, 9, 9, 255].repeat(2));
}
