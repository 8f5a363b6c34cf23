use super::*;
use crate::conformance::case::Case;
use crate::conformance::input::Input;
use crate::sandbox::types::{Animation, Frame, PixelFormat};

fn size((width, height): (u32, u32)) -> Size {
    Size { width, height }
}

fn raster(sides: (u32, u32)) -> Raster {
    let size = size(sides);
    let count = usize::try_from(size.width * size.height).unwrap();
    Raster {
        size,
        format: PixelFormat::Gray8,
        pixels: vec![0; count],
    }
}

fn picture(source: (u32, u32), raster: Raster) -> Picture {
    Picture {
        output: Output::Still(raster),
        source_size: size(source),
        metadata: Vec::new(),
    }
}

fn check(fit: Fit, source: (u32, u32), sides: (u32, u32), is_good: bool) {
    let mut request = Case::new("", "image/png", Input::Zeros(0)).request;
    request.fit = fit;
    let judged = good(&picture(source, raster(sides)), &request);
    assert_eq!(
        judged.is_ok(),
        is_good,
        "{fit:?} {source:?} {sides:?}: {judged:?}"
    );
}

#[test]
fn a_raster_has_twice_the_thumbnail_where_the_source_has_it() {
    check(Fit::Contain, (4000, 3000), (200, 150), true);
    check(Fit::Contain, (4000, 3000), (199, 149), true);
    check(Fit::Contain, (4000, 3000), (150, 113), false);
    check(Fit::Contain, (120, 90), (120, 90), true);
    check(Fit::Contain, (120, 90), (100, 75), false);
    check(Fit::Contain, (5000, 2), (200, 1), true);
    check(Fit::Cover, (4000, 3000), (267, 200), true);
    check(Fit::Cover, (4000, 3000), (200, 150), false);
    check(Fit::Fill, (4000, 1000), (200, 200), true);
    check(Fit::Fill, (4000, 1000), (200, 100), false);
}

#[test]
fn a_raster_is_not_larger_than_its_source() {
    check(Fit::Contain, (50, 50), (50, 50), true);
    check(Fit::Contain, (50, 50), (51, 50), false);
    check(Fit::Contain, (50, 50), (50, 100), false);
}

#[test]
fn what_a_host_refuses_is_not_acceptable() {
    let limits = Limits::default();
    let acceptable = |picture: &Picture| acceptable(picture, &limits).is_ok();
    assert!(acceptable(&picture((4, 4), raster((4, 4)))));
    assert!(!acceptable(&picture((0, 4), raster((4, 4)))));
    assert!(!acceptable(&picture((1 << 20, 1 << 20), raster((4, 4)))));
    let mut short = raster((4, 4));
    short.pixels.pop();
    assert!(!acceptable(&picture((4, 4), short)));
}

#[test]
fn one_frame_is_still_and_two_are_not() {
    let moving = |count: usize| Picture {
        output: Output::Animation(Animation {
            frames: vec![
                Frame {
                    raster: raster((1, 1)),
                    delay_ms: 40
                };
                count
            ],
            loop_count: 0,
        }),
        ..picture((1, 1), raster((1, 1)))
    };
    assert!(still(&moving(1)).is_ok());
    assert!(still(&moving(2)).is_err());
}
