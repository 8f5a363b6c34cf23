use super::*;
use crate::ThumbnailSpec;

/// Width and height.
type Sides = (u32, u32);

fn size((width, height): Sides) -> Size {
    Size { width, height }
}

fn wanted(fit: Fit, upscale: Upscale, bounds: Sides) -> Wanted {
    Wanted {
        bounds: size(bounds),
        fit,
        upscale,
        ..ThumbnailSpec::default().wanted(&Default::default())
    }
}

fn check(fit: Fit, upscale: Upscale, bounds: Sides, cases: &[(Sides, Sides)]) {
    let wanted = wanted(fit, upscale, bounds);
    for &(picture, expected) in cases {
        let placement = Placement::of(size(picture), size(picture), &wanted);
        assert_eq!(placement.size, size(expected), "{fit:?} {picture:?}");
    }
}

/// The sizes are those that libvips 8.18 gives for `thumbnail_image(100, height=100, size="down")`. Pillow
/// differs for 199x200 alone, where it chooses the rounding that is nearer to the aspect ratio.
#[test]
fn the_aspect_ratio_is_kept_with_the_rounding_of_libvips() {
    check(
        Fit::Contain,
        Upscale::Never,
        (100, 100),
        &[
            ((640, 427), (100, 67)),
            ((1000, 872), (100, 87)),
            ((512, 600), (85, 100)),
            ((101, 100), (100, 99)),
            ((101, 67), (100, 66)),
            ((333, 777), (43, 100)),
            ((199, 200), (100, 100)),
            ((1000, 125), (100, 13)),
            ((1000, 25), (100, 3)),
            ((1000, 15), (100, 2)),
            ((1280, 853), (100, 67)),
            ((1920, 1080), (100, 56)),
        ],
    );
}

#[test]
fn no_side_becomes_nothing() {
    check(
        Fit::Contain,
        Upscale::Never,
        (100, 100),
        &[
            ((10_000, 3), (100, 1)),
            ((3, 10_000), (1, 100)),
            ((2_500, 2), (100, 1)),
            ((u32::MAX, 1), (100, 1)),
            ((u32::MAX, u32::MAX), (100, 100)),
        ],
    );
}

#[test]
fn a_small_picture_is_enlarged_only_where_it_is_asked_for() {
    let cases = [
        ((40, 30), (40, 30)),
        ((1, 1), (1, 1)),
        ((100, 100), (100, 100)),
    ];
    check(Fit::Contain, Upscale::Never, (100, 100), &cases);
    let cases = [
        ((40, 30), (100, 75)),
        ((1, 1), (100, 100)),
        ((3, 1), (100, 33)),
        ((1, 1_000), (1, 100)),
        ((4_000, 3_000), (100, 75)),
    ];
    check(Fit::Contain, Upscale::ToTheBox, (100, 100), &cases);
}

/// As `thumbnail_image(100, height=60, crop="centre", size="down")` of libvips 8.18.
#[test]
fn a_cover_fills_the_box_as_far_as_the_picture_goes() {
    let cases = [
        ((4_000, 3_000), (100, 60)),
        ((333, 777), (100, 60)),
        ((101, 67), (100, 60)),
        ((10_000, 3), (100, 3)),
        ((3, 10_000), (3, 60)),
        ((40, 30), (40, 30)),
        ((201, 1), (100, 1)),
    ];
    check(Fit::Cover, Upscale::Never, (100, 60), &cases);
    let cases = [((10_000, 3), (100, 60)), ((40, 30), (100, 60))];
    check(Fit::Cover, Upscale::ToTheBox, (100, 60), &cases);
}

#[test]
fn a_fill_has_the_size_of_the_box() {
    let cases = [
        ((4_000, 3_000), (100, 60)),
        ((10_000, 3), (100, 3)),
        ((40, 90), (40, 60)),
    ];
    check(Fit::Fill, Upscale::Never, (100, 60), &cases);
    check(
        Fit::Fill,
        Upscale::ToTheBox,
        (100, 60),
        &[((40, 90), (100, 60))],
    );
}

#[test]
fn a_raster_that_is_smaller_than_it_should_be_is_not_enlarged() {
    let wanted = wanted(Fit::Contain, Upscale::Never, (100, 100));
    let placement = Placement::of(size((5_000, 5_000)), size((20, 20)), &wanted);
    assert_eq!(placement.size, size((20, 20)));
}

fn check_window(picture: Sides, raster: Sides, expected: [f64; 4]) {
    let wanted = wanted(Fit::Cover, Upscale::Never, (100, 100));
    let window = Placement::of(size(picture), size(raster), &wanted).window;
    let found = [window.left, window.top, window.width, window.height];
    let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-9;
    assert!(found.iter().zip(&expected).all(near), "{found:?}");
}

#[test]
fn a_cover_is_cut_out_of_the_middle() {
    check_window((400, 300), (400, 300), [50.0, 0.0, 300.0, 300.0]);
    check_window((300, 401), (300, 401), [0.0, 50.5, 300.0, 300.0]);
    check_window((500, 500), (250, 250), [0.0, 0.0, 250.0, 250.0]);
    // A picture that is narrower than the box keeps its own pixels.
    check_window((50, 300), (50, 300), [0.0, 100.0, 50.0, 100.0]);
    check_window((10_000, 3), (10_000, 3), [4_950.0, 0.0, 100.0, 3.0]);
    // A raster has rounded sides; what is cut off is so in the source.
    check_window((4_000, 3_000), (401, 300), [50.125, 0.0, 300.75, 300.0]);
}
