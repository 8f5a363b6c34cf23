//! XPM pictures, which no library here writes.

use std::collections::BTreeMap;
use std::fmt::Write;

use image::{Rgba, RgbaImage};
use thumbnailify_tests::authors::example;
use thumbnailify_tests::pictures::assert_near;

use crate::Desk;

/// Two hexadecimal digits for each pixel stand for one of at most 256 colours. Of a transparent one nothing
/// is kept.
pub(crate) fn encoded(picture: &RgbaImage) -> Vec<u8> {
    let mut colours = BTreeMap::new();
    for Rgba([red, green, blue, alpha]) in picture.pixels() {
        let colour = match alpha {
            0 => "None".to_owned(),
            _ => format!("#{red:02x}{green:02x}{blue:02x}"),
        };
        let next = format!("{:02x}", colours.len());
        colours
            .entry([*red, *green, *blue, *alpha])
            .or_insert((next, colour));
    }
    let (width, height) = picture.dimensions();
    let mut file = format!(
        "/* XPM */\nstatic char *x[] = {{\n\"{width} {height} {} 2\"",
        colours.len()
    );
    for (pixel, colour) in colours.values() {
        write!(file, ",\n\"{pixel} c {colour}\"").unwrap();
    }
    for row in picture.rows() {
        let pixels = row.map(|Rgba(channels)| colours[channels].0.as_str());
        write!(file, ",\n\"{}\"", pixels.collect::<String>()).unwrap();
    }
    (file + "\n};\n").into_bytes()
}

#[test]
fn a_colour_is_written_in_many_ways() {
    let Some(component) = example("xpm") else {
        return;
    };
    let desk = Desk::with(&component);
    for (line, expected) in [
        ("c #f00", [255, 0, 0]),
        ("c #00ff00", [0, 255, 0]),
        ("c #00000000ffff", [0, 0, 255]),
        ("m black g4 #888 c LightSteelBlue3", [162, 181, 205]),
        ("s sky c light sea green", [32, 178, 170]),
        ("g grey50", [128, 128, 128]),
    ] {
        let file = format!(
            "/* XPM */ static char *x[] = {{ /* \"one\" */ \"1 1 1 1\", \"a {line}\", \"a\" }};"
        );
        desk.put("dot.xpm", file.as_bytes());
        let Rgba([red, green, blue, _]) = desk.run("dot.xpm").0.to_rgba8()[(0, 0)];
        assert_near([red, green, blue], expected, line);
    }
    desk.put(
        "odd.xpm",
        b"/* XPM */ static char *x[] = { \"1 1 1 1\", \"a c oddish\", \"a\" };",
    );
    std::fs::remove_file(desk.path("thumbnail")).unwrap();
    desk.refuses("odd.xpm");
}
