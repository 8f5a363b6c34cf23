use super::*;

#[test]
fn every_disposal_leaves_what_it_should() {
    for (disposal, expected) in [
        (0, "GRG"),
        (1, "GRG"),
        (2, ".RG"),
        (3, "RRG"),
        (4, "RRG"),
        (7, "GRG"),
    ] {
        let images = [
            image(0, 3, 1, &[RED; 3]),
            image(0, 1, disposal, &[GREEN]),
            image(2, 1, 1, &[GREEN]),
        ];
        assert_eq!(
            played(&file(3, 1, &images)),
            ["RRR", "GRR", expected],
            "{disposal}"
        );
    }
}

#[test]
fn holes_show_what_lies_below() {
    let images = [
        image(0, 3, 1, &[RED, HOLE, RED]),
        image(0, 3, 1, &[HOLE, HOLE, GREEN]),
    ];
    assert_eq!(played(&file(3, 1, &images)), ["R.R", "R.G"]);
}

#[test]
fn what_lies_beyond_the_canvas_is_cut_off() {
    let images = [
        image(0, 3, 1, &[RED; 3]),
        image(2, 2, 3, &[GREEN; 4]),
        image(9, 2, 2, &[RED; 2]),
        image(0, 1, 1, &[GREEN; 3]),
        image(0, 5, 1, &[BLUE; 5]),
    ];
    assert_eq!(
        played(&file(3, 1, &images)),
        ["RRR", "RRG", "RRR", "GRR", "BBB"]
    );
}

#[test]
fn the_first_image_makes_the_canvas_larger() {
    let first = image(1, 2, 1, &[RED; 4]);
    for (width, height) in [(0, 0), (2, 1), (3, 2)] {
        let bytes = file(width, height, &[first.clone(), image(0, 1, 1, &[GREEN])]);
        assert_eq!(played(&bytes), [".RR.RR", "GRR.RR"], "{width}x{height}");
        let size = render(&bytes, &request(1)).unwrap().source_size;
        assert_eq!((size.width, size.height), (3, 2));
    }
}

#[test]
fn an_image_without_pixels_changes_nothing_but_takes_its_time() {
    let images = [image(0, 1, 1, &[RED]), image(0, 0, 2, &[])];
    assert_eq!(played(&file(1, 1, &images)), ["R", "R"]);
    let nothing = file(0, 0, &[image(0, 0, 1, &[])]);
    assert!(matches!(
        render(&nothing, &request(9)),
        Err(Failure::NoPicture(_))
    ));
}

#[test]
fn delays_are_those_of_browsers() {
    let images = [0, 1, 2, 70].map(|delay| TestImage {
        delay,
        ..image(0, 1, 1, &[RED])
    });
    let Output::Animation(animation) = render(&file(1, 1, &images), &request(9)).unwrap().output
    else {
        panic!("four frames are an animation")
    };
    let delays: Vec<u32> = animation
        .frames
        .iter()
        .map(|frame| frame.delay_ms)
        .collect();
    assert_eq!(delays, [100, 100, 20, 700]);
}

#[test]
fn more_frames_than_wanted_are_thinned_out() {
    let images: Vec<TestImage> = (0..9).map(|n| image(0, 1, 1, &[n % 3])).collect();
    let Output::Animation(animation) = render(&file(1, 1, &images), &request(4)).unwrap().output
    else {
        panic!("nine frames are an animation")
    };
    let duration_ms: u32 = animation.frames.iter().map(|frame| frame.delay_ms).sum();
    assert_eq!((animation.frames.len(), duration_ms), (3, 450));
}

#[test]
fn a_still_is_the_frame_asked_for() {
    let images = [RED, GREEN, BLUE].map(|color| image(0, 1, 1, &[color]));
    let bytes = file(1, 1, &images);
    for (position, expected) in [
        (Position::Auto, "R"),
        (Position::Page(2), "R"),
        (Position::Frame(1), "G"),
        (Position::Frame(99), "B"),
        (Position::TimeMs(49), "R"),
        (Position::TimeMs(50), "G"),
        (Position::Percent(0), "R"),
        (Position::Percent(50), "G"),
        (Position::Percent(100), "B"),
    ] {
        let request = Request {
            position,
            ..request(1)
        };
        assert_eq!(
            letters(&still_raster(&bytes, &request)),
            expected,
            "{position:?}"
        );
    }
}

#[test]
fn a_still_is_the_first_frame_that_shows_anything() {
    let empty = image(0, 2, 2, &[HOLE; 2]);
    let mut images = vec![empty; 5];
    images.push(image(1, 1, 1, &[GREEN]));
    images.push(image(0, 2, 1, &[RED; 2]));
    assert_eq!(still(&file(2, 1, &images)), ".G");
    images.truncate(5);
    assert_eq!(still(&file(2, 1, &images)), "..");
}

#[test]
fn a_still_of_too_many_empty_frames_is_empty() {
    let mut images = vec![image(0, 1, 1, &[HOLE]); 32];
    images.push(image(0, 1, 1, &[GREEN]));
    assert_eq!(still(&file(1, 1, &images)), ".");
}
