use super::*;
use gif::{DisposalMethod, Encoder, Frame};
use thumbnailify_sdk::{Position, Raster};

const RED: u8 = 0;
const GREEN: u8 = 1;
const HOLE: u8 = 3;
const PALETTE: &[u8] = &[255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];

fn request(max_frames: u32) -> Request {
    let target = Size {
        width: 100,
        height: 100,
    };
    Request {
        max_frames,
        ..Request::still("image/gif", target)
    }
}

/// A frame whose pixels are indices into the palette; index 3 is transparent.
fn frame(left: u16, width: u16, dispose: DisposalMethod, indices: &[u8]) -> Frame<'static> {
    Frame {
        left,
        width,
        height: indices.len() as u16 / width,
        dispose,
        delay: 5,
        transparent: Some(HOLE),
        buffer: indices.to_vec().into(),
        ..Frame::default()
    }
}

fn encoded(width: u16, height: u16, frames: &[Frame<'static>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height, PALETTE).unwrap();
    for frame in frames {
        encoder.write_frame(frame).unwrap();
    }
    drop(encoder);
    bytes
}

fn render(bytes: &[u8], request: &Request) -> Result<Picture, Failure> {
    Gif::render(&bytes, request)
}

/// The pixels in letters: `R`ed, `G`reen, `B`lue, `.` where there is nothing.
fn letters(raster: &Raster) -> String {
    let letter = |pixel: &[u8; 4]| match pixel {
        [255, 0, 0, 255] => 'R',
        [0, 255, 0, 255] => 'G',
        [0, 0, 255, 255] => 'B',
        [0, 0, 0, 0] => '.',
        _ => '?',
    };
    raster.pixels.as_chunks().0.iter().map(letter).collect()
}

fn played(bytes: &[u8], max_frames: u32) -> Vec<String> {
    match render(bytes, &request(max_frames)).unwrap().output {
        Output::Animation(animation) => animation
            .frames
            .iter()
            .map(|frame| letters(&frame.raster))
            .collect(),
        Output::Still(raster) => vec![letters(&raster)],
        Output::Embedded(_) => panic!("a GIF embeds nothing"),
    }
}

#[test]
fn every_disposal_leaves_what_it_should() {
    let dot = [GREEN];
    for (dispose, expected) in [
        (DisposalMethod::Any, "GRG"),
        (DisposalMethod::Keep, "GRG"),
        (DisposalMethod::Background, ".RG"),
        (DisposalMethod::Previous, "RRG"),
    ] {
        let frames = [
            frame(0, 3, DisposalMethod::Keep, &[RED; 3]),
            frame(0, 1, dispose, &dot),
            frame(2, 1, DisposalMethod::Keep, &dot),
        ];
        assert_eq!(
            played(&encoded(3, 1, &frames), 9),
            ["RRR", "GRR", expected],
            "{dispose:?}"
        );
    }
}

#[test]
fn holes_show_what_lies_below() {
    let frames = [
        frame(0, 3, DisposalMethod::Keep, &[RED, HOLE, RED]),
        frame(0, 3, DisposalMethod::Keep, &[HOLE, HOLE, GREEN]),
    ];
    assert_eq!(played(&encoded(3, 1, &frames), 9), ["R.R", "R.G"]);
}

#[test]
fn what_lies_beyond_the_canvas_is_cut_off() {
    let frames = [
        frame(2, 2, DisposalMethod::Previous, &[RED; 4]),
        frame(9, 2, DisposalMethod::Background, &[RED; 2]),
        frame(0, 1, DisposalMethod::Keep, &[GREEN; 3]),
    ];
    assert_eq!(played(&encoded(3, 1, &frames), 9), ["..R", "...", "G.."]);
}

#[test]
fn a_frame_may_have_colors_of_its_own() {
    let mut own = frame(0, 2, DisposalMethod::Keep, &[0, 1]);
    own.palette = Some(vec![0, 0, 255, 255, 0, 0]);
    own.transparent = None;
    assert_eq!(played(&encoded(2, 1, &[own]), 9), ["BR"]);
}

#[test]
fn interlaced_rows_come_in_order() {
    let mut interlaced = frame(0, 1, DisposalMethod::Keep, &[0, 0, 1, 1, 2]);
    interlaced.interlaced = true;
    // The encoder writes rows as they are given: passes 0 4 | 2 | 1 3.
    assert_eq!(played(&encoded(1, 5, &[interlaced]), 9), ["RGGBR"]);
}

#[test]
fn a_still_is_the_first_frame_or_the_one_asked_for() {
    let frames = [RED, GREEN, 2].map(|color| frame(0, 1, DisposalMethod::Keep, &[color]));
    let bytes = encoded(1, 1, &frames);
    for (position, expected) in [
        (Position::Auto, "R"),
        (Position::Frame(1), "G"),
        (Position::TimeMs(49), "R"),
        (Position::TimeMs(50), "G"),
        (Position::Frame(99), "B"),
    ] {
        let picture = render(
            &bytes,
            &Request {
                position,
                ..request(1)
            },
        )
        .unwrap();
        let Output::Still(raster) = picture.output else {
            panic!("one frame is a still")
        };
        assert_eq!(letters(&raster), expected, "{position:?}");
    }
}

#[test]
fn the_animation_is_played_as_often_as_the_file_says() {
    for (repeat, expected) in [
        (None, 1),
        (Some(Repeat::Infinite), 0),
        (Some(Repeat::Finite(2)), 3),
    ] {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 1, 1, PALETTE).unwrap();
        if let Some(repeat) = repeat {
            encoder.set_repeat(repeat).unwrap();
        }
        for _ in 0..2 {
            encoder
                .write_frame(&frame(0, 1, DisposalMethod::Keep, &[RED]))
                .unwrap();
        }
        drop(encoder);
        let Output::Animation(animation) = render(&bytes, &request(9)).unwrap().output else {
            panic!("two frames are an animation")
        };
        assert_eq!(animation.loop_count, expected);
    }
}

#[test]
fn a_cut_off_animation_shows_the_frames_so_far() {
    let frames = [RED, GREEN].map(|color| frame(0, 1, DisposalMethod::Keep, &[color; 40]));
    let bytes = encoded(1, 40, &frames);
    let (mut complete, mut failed) = (0, 0);
    for length in 0..bytes.len() {
        match render(&bytes[..length], &request(9)) {
            Ok(_) => complete += 1,
            Err(Failure::Malformed(_)) => failed += 1,
            Err(other) => panic!("{length}: {other:?}"),
        }
    }
    assert!(complete > 10 && failed > 10);
}

#[test]
fn a_huge_canvas_is_too_large() {
    let bytes = encoded(65_000, 65_000, &[frame(0, 1, DisposalMethod::Keep, &[RED])]);
    assert!(matches!(
        render(&bytes, &request(1)),
        Err(Failure::TooLarge(_))
    ));
}
