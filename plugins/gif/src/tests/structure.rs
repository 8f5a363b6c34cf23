use super::*;

fn loops_of(extensions: &[u8]) -> u32 {
    let dot = image(0, 1, 1, &[RED]);
    let bytes = Writer::new(1, 1, PALETTE)
        .bytes(extensions)
        .image(&dot)
        .image(&dot)
        .end();
    let Output::Animation(animation) = render(&bytes, &request(9)).unwrap().output else {
        panic!("two frames are an animation")
    };
    animation.loop_count
}

#[test]
fn the_animation_is_played_as_often_as_the_file_says() {
    assert_eq!(loops_of(b""), 1);
    assert_eq!(loops_of(b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"), 0);
    assert_eq!(loops_of(b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\x02\0\0"), 3);
    assert_eq!(loops_of(b"\x21\xFF\x0BANIMEXTS1.0\x03\x01\x05\x01\0"), 262);
    // The size of a buffer (2) comes before the loops (1).
    let both = b"\x21\xFF\x0BNETSCAPE2.0\x05\x02\0\0\0\0\x03\x01\x01\0\0";
    assert_eq!(loops_of(both), 2);
    assert_eq!(loops_of(b"\x21\xFF\x0BSOMETHING.0\x03\x01\x02\0\0"), 1);
    assert_eq!(loops_of(b"\x21\xFF\0"), 1);
}

#[test]
fn what_is_not_an_image_is_passed_over() {
    let text = b"\x21\x01\x0C\0\0\0\0\x01\0\x01\0\x08\x08\x01\0\x05hello\0";
    let dot = image(0, 1, 2, &[GREEN]);
    let bytes = Writer::new(1, 1, PALETTE)
        .bytes(b"\x21\xFE\x07comment\x03two\0")
        .bytes(b"\x21\xFE\0")
        .bytes(b"\0\0")
        .bytes(b"\x21\x42\x02no\0")
        .image(&image(0, 1, 1, &[RED]))
        // The control before a text is the text's own.
        .control(&dot)
        .bytes(text)
        .descriptor(&dot)
        .bytes(&[8])
        .sub_blocks(&Lzw::default().encoded(8, &[GREEN]))
        .image(&image(0, 1, 1, &[HOLE]))
        .bytes(b"\x3Band then some rubbish\x2C\x21")
        .0;
    assert_eq!(played(&bytes), ["R", "G", "G"]);
}

#[test]
fn an_odd_control_is_no_reason_to_stop() {
    let dot = image(0, 1, 1, &[RED]);
    for control in [b"\x21\xF9\0".as_slice(), b"\x21\xF9\x02\x08\0\0"] {
        let bytes = Writer::new(1, 1, PALETTE)
            .bytes(control)
            .descriptor(&dot)
            .bytes(&[8])
            .sub_blocks(&Lzw::default().encoded(8, &dot.indices))
            .end();
        assert_eq!(played(&bytes), ["R"]);
    }
}

#[test]
fn a_frame_may_have_colors_of_its_own() {
    let own = TestImage {
        palette: Some(vec![0, 0, 255, 255, 0, 0]),
        ..TestImage::new(3, &[0, 1, 7])
    };
    // What lies beyond the palette is black.
    assert_eq!(played(&file(3, 1, &[own])), ["BRK"]);
}

#[test]
fn without_any_palette_there_are_greys() {
    let dots = TestImage::new(4, &[0, 3, 0, 3]);
    let bytes = Writer::new(4, 1, &[])
        .image_with(&dots, 2, &Lzw::default())
        .end();
    assert_eq!(played(&bytes), ["KWKW"]);
}

#[test]
fn interlaced_rows_come_in_order() {
    for height in 1..20 {
        let rows = interlaced_order(height);
        let mut indices = vec![0; height];
        for (place, row) in rows.iter().enumerate() {
            indices[place] = (row % 3) as u8;
        }
        let interlaced = TestImage {
            is_interlaced: true,
            ..TestImage::new(1, &indices)
        };
        let bytes = file(1, height as u16, &[interlaced]);
        let expected: String = "RGB".chars().cycle().take(height).collect();
        assert_eq!(still(&bytes), expected);
        assert_eq!(played(&bytes), [expected]);
    }
}

/// Which row comes when.
fn interlaced_order(height: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..height).collect();
    rows.sort_by_key(|row| match row % 8 {
        0 => 0,
        4 => 1,
        2 | 6 => 2,
        _ => 3,
    });
    rows
}

#[test]
fn every_code_size_and_every_oddity_of_the_compression_is_read() {
    for min_code_size in 1..=11 {
        let colors = 1_usize << min_code_size.min(8);
        // Long enough to fill the table several times, with repetition to make strings long.
        let noise = (0..30_000_usize).map(|n| (n * n / 7 % colors) as u8);
        let indices: Vec<u8> = noise.chain(vec![0; 30_000]).collect();
        let image = TestImage::new(200, &indices);
        for odd in [
            Lzw::default(),
            Lzw {
                has_first_clear: false,
                ..Lzw::default()
            },
            Lzw {
                has_end: false,
                ..Lzw::default()
            },
            Lzw {
                clears_when_full: false,
                ..Lzw::default()
            },
        ] {
            let writer = Writer::new(200, 300, &greys());
            let bytes = writer.image_with(&image, min_code_size, &odd).end();
            let raster = still_raster(&bytes, &request(1));
            let shown: Vec<u8> = raster.pixels.chunks(3).map(|pixel| pixel[0]).collect();
            assert!(shown == indices, "{min_code_size}");
        }
    }
}

fn greys() -> Vec<u8> {
    (0..=255).flat_map(|grey| [grey; 3]).collect()
}
