use super::*;

fn read(name: &str, text: &str) -> Result<ThumbnailOptions, InvalidOption> {
    let mut options = ThumbnailOptions::default();
    options.set(name, text, Side::new(4_096).unwrap())?;
    Ok(options)
}

fn check(name: &str, text: &str, expected: &str) {
    let options = read(name, text).unwrap();
    assert_eq!(serde_json::to_string(&options).unwrap(), expected);
    let again: ThumbnailOptions = serde_json::from_str(expected).unwrap();
    assert_eq!(again, options);
}

#[test]
fn each_option_is_read_and_written() {
    check("width", "1", r#"{"width":1}"#);
    check("height", "4096", r##"{"height":4096}"##);
    check("fit", "cover", r#"{"fit":"cover"}"#);
    check("upscale", "true", r#"{"upscale":true}"#);
    check("background", "FF8800", r##"{"background":"#ff8800"}"##);
    check("background", "#00000a", r##"{"background":"#00000a"}"##);
    check("format", "webp", r#"{"format":"webp"}"#);
    check("quality", "100", r#"{"quality":100}"#);
    check("frames", "first", r#"{"frames":"first"}"#);
}

#[test]
fn every_name_is_an_option() {
    for name in ThumbnailOptions::NAMES {
        let refused = read(name, "?").unwrap_err();
        assert_eq!(
            (refused.field.as_str(), refused.given.as_str()),
            (name, "?")
        );
        assert!(refused.to_string().contains("must be"), "{refused}");
    }
}

fn check_refused(name: &str, text: &str, message: &str) {
    assert_eq!(read(name, text).unwrap_err().to_string(), message);
}

#[test]
fn a_wrong_value_is_named_with_what_is_allowed() {
    let pixels = "a whole number of pixels from 1 to 4096";
    for text in [
        "0",
        "4097",
        "-1",
        "+1",
        "1.5",
        "",
        " 1",
        "99999999999",
        "ten",
    ] {
        check_refused(
            "width",
            text,
            &format!("`width` is `{text}`, and must be {pixels}"),
        );
    }
    for text in ["0", "101", "256", "1e1"] {
        assert!(read("quality", text).is_err(), "{text}");
    }
    for text in [
        "fff", "#ff880", "#ff88000", "##ff8800", "+ff880", "red", "ff88é",
    ] {
        assert!(read("background", text).is_err(), "{text}");
    }
    check_refused(
        "fit",
        "Cover",
        "`fit` is `Cover`, and must be one of contain, cover, fill",
    );
    assert!(read("upscale", "yes").is_err());
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    let refused = read("widht", "7").unwrap_err();
    assert_eq!(refused.field, "widht");
    assert!(refused.allowed.contains("width, height, fit"), "{refused}");
}

#[test]
fn an_option_is_given_once() {
    let mut options = read("width", "7").unwrap();
    let refused = options
        .set("width", "8", Side::new(4_096).unwrap())
        .unwrap_err();
    assert_eq!(refused.to_string(), "`width` is given more than once");
}

#[test]
fn a_long_text_is_shown_in_part() {
    let refused = read(&"n".repeat(500), &"é".repeat(500)).unwrap_err();
    assert_eq!(refused.field.chars().count(), 80);
    assert_eq!(refused.given.chars().count(), 80);
}

#[test]
fn the_operator_limits_the_sides() {
    let largest = Side::new(2_048).unwrap();
    let mut options = ThumbnailOptions::default();
    options.set("width", "2048", largest).unwrap();
    for text in ["2049", "0"] {
        let refused = options.set("height", text, largest).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("`height` is `{text}`, and must be a whole number of pixels from 1 to 2048")
        );
    }
}
