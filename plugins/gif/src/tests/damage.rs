use super::*;

#[test]
fn a_cut_off_animation_shows_the_frames_so_far() {
    let images = [RED, GREEN].map(|color| image(0, 1, 1, &[color; 5]));
    let bytes = file(1, 5, &images);
    let (mut one, mut two, mut none) = (0, 0, 0);
    for length in 0..bytes.len() {
        match render(&bytes[..length], &request(9)) {
            Ok(_) => match played(&bytes[..length]).as_slice() {
                [first] if first.starts_with('R') => one += 1,
                [first, second] if first == "RRRRR" && second == "GGGGG" => two += 1,
                other => panic!("{length}: {other:?}"),
            },
            Err(Failure::Malformed(_) | Failure::NoPicture(_)) => none += 1,
            Err(other) => panic!("{length}: {other:?}"),
        }
    }
    assert!(one > 10 && two > 0 && none > 10, "{one} {two} {none}");
}

#[test]
fn a_cut_off_first_image_shows_its_rows() {
    let indices: Vec<u8> = (0..3_000_usize).map(|n| (n * n / 7 % 3) as u8).collect();
    for is_interlaced in [false, true] {
        let image = TestImage {
            is_interlaced,
            ..TestImage::new(50, &indices)
        };
        let bytes = file(50, 60, &[image]);
        let whole = still(&bytes);
        let part = still(&bytes[..bytes.len() / 2]);
        let moving = played(&bytes[..bytes.len() / 2]);
        assert_eq!(moving, std::slice::from_ref(&part));
        assert_eq!(part[..50], whole[..50]);
        let missing = part.chars().filter(|pixel| *pixel == '.').count();
        // Missing rows are transparent, or where rows are interlaced as those above them.
        let expected = if is_interlaced { 0..1 } else { 100..2_900 };
        assert!(expected.contains(&missing), "{missing}");
    }
}

#[test]
fn data_that_ends_in_good_order_leaves_the_rest_as_it_was() {
    let short = TestImage {
        height: 2,
        ..TestImage::new(2, &[GREEN; 3])
    };
    let last = image(0, 1, 1, &[BLUE]);
    let images = [image(0, 2, 1, &[RED; 4]), short, last];
    assert_eq!(played(&file(2, 2, &images)), ["RRRR", "GGGR", "BGGR"]);
}

#[test]
fn an_impossible_code_ends_the_animation() {
    let good = image(0, 2, 1, &[RED; 4]);
    let broken =
        |writer: Writer, data: &[u8]| writer.descriptor(&good).bytes(&[2]).sub_blocks(data).end();
    // In codes of three bits: clear, red, and one that does not exist yet.
    let data = [0b11_000_100, 0b1];
    let later = broken(Writer::new(2, 2, PALETTE).image(&good), &data);
    assert_eq!(played(&later), ["RRRR"]);
    for min_code_size in [0, 12, 255] {
        let bytes = Writer::new(2, 2, PALETTE).descriptor(&good);
        let bytes = bytes.bytes(&[min_code_size]).sub_blocks(&data).end();
        assert!(matches!(
            render(&bytes, &request(1)),
            Err(Failure::Malformed(_))
        ));
    }
    // Of the first image, less than one row is not worth showing.
    for max_frames in [1, 9] {
        assert!(matches!(
            render(
                &broken(Writer::new(2, 2, PALETTE), &data),
                &request(max_frames)
            ),
            Err(Failure::Malformed(_))
        ));
    }
}

#[test]
fn what_is_no_gif_is_malformed() {
    let dot = image(0, 1, 1, &[RED]);
    for bytes in [
        b"".as_slice(),
        b"GIF89a",
        b"GIF88a\0\0\0\0\0\0\0",
        b"just some text that is long enough",
    ] {
        assert!(matches!(
            render(bytes, &request(1)),
            Err(Failure::Malformed(_))
        ));
    }
    let empty = Writer::new(1, 1, PALETTE).end();
    assert!(matches!(
        render(&empty, &request(1)),
        Err(Failure::NoPicture(_))
    ));
    let rubbish = Writer::new(1, 1, PALETTE).bytes(b"\x77");
    assert!(matches!(
        render(&rubbish.0, &request(1)),
        Err(Failure::Malformed(_))
    ));
    let later = Writer::new(1, 1, PALETTE).image(&dot).bytes(b"\x77rest").0;
    assert_eq!(played(&later), ["R"]);
}

#[test]
fn a_huge_canvas_is_too_large_for_the_host_s_budget() {
    let bytes = file(65_535, 65_535, &[image(0, 1, 1, &[RED])]);
    let params = vec![("max-source-pixels".into(), "1000000000".into())];
    for max_frames in [1, 9] {
        let request = Request {
            params: params.clone(),
            ..request(max_frames)
        };
        assert!(matches!(
            render(&bytes, &request),
            Err(Failure::TooLarge(_))
        ));
    }
}

#[test]
fn a_huge_canvas_with_little_on_it_is_a_still() {
    let dots = [image(0, 1, 1, &[RED; 300]), image(0, 1, 1, &[GREEN])];
    let bytes = file(30_000, 30_000, &dots);
    for max_frames in [1, 9] {
        let raster = still_raster(&bytes, &request(max_frames));
        assert!(raster.size.width < 500 && raster.format == PixelFormat::Rgba8);
        assert_eq!(raster.pixels[..3], [255, 0, 0]);
    }
}

#[test]
fn endless_play_ends() {
    let large = TestImage {
        width: 2_000,
        height: 2_000,
        ..image(0, 1, 1, &[HOLE])
    };
    for (count, expected) in [(100, GREEN), (140, RED)] {
        let mut images = vec![large.clone(); count];
        images[0].indices = vec![RED; 2_000];
        images.push(image(0, 50, 1, &[GREEN; 2_500]));
        let request = Request {
            position: Position::Frame(200),
            ..request(1)
        };
        let raster = still_raster(&file(2_000, 2_000, &images), &request);
        let [red, green] = [raster.pixels[0], raster.pixels[1]];
        assert_eq!(green > red, expected == GREEN, "{count}");
    }
}

#[test]
fn ten_thousand_damaged_files_do_no_harm() {
    let images = oracle::random_images(7);
    let bytes = file(40, 30, &images);
    let mut random = oracle::Random(1);
    let mut pictures = 0;
    for _ in 0..10_000 {
        let mut damaged = bytes.clone();
        for _ in 0..1 + random.below(4) {
            let place = random.below(damaged.len());
            damaged[place] ^= 1 << random.below(8);
        }
        if random.below(4) == 0 {
            damaged.truncate(random.below(damaged.len()));
        }
        let max_frames = 1 + random.below(2) as u32 * 8;
        let params = vec![("max-source-pixels".into(), "1000000".into())];
        let request = Request {
            params,
            ..request(max_frames)
        };
        pictures += u32::from(render(&damaged, &request).is_ok());
    }
    assert!((1_000..10_000).contains(&pictures), "{pictures}");
}
