use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use thumbnailify_core::MediaType;

use super::members;

/// Tells whether `Accept` asks for the media type by its name or by its kind (`image/*`).
///
/// `*/*` does not count: every client sends it, whatever it wants.
pub(crate) fn names_media_type(headers: &HeaderMap, media_type: &MediaType) -> bool {
    members(headers, &ACCEPT).any(|range| {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        !is_ruled_out(parameters) && is_named(name.trim(), media_type)
    })
}

fn is_named(name: &str, media_type: &MediaType) -> bool {
    match name.strip_suffix("/*") {
        Some(kind) => kind.eq_ignore_ascii_case(media_type.kind()),
        None => name
            .parse::<MediaType>()
            .is_ok_and(|named| named == *media_type),
    }
}

/// A weight of 0 means "not acceptable" (RFC 9110, section 12.4.2).
fn is_ruled_out(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>() == Ok(0.0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &[&'static str], expected: bool) {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(ACCEPT, line.parse().unwrap());
        }
        let png = "image/png".parse().unwrap();
        assert_eq!(names_media_type(&headers, &png), expected, "{accept:?}");
    }

    #[test]
    fn the_type_or_its_kind_is_a_name() {
        check(&["image/*"], true);
        check(&["Image/PNG"], true);
        check(&["text/html, image/png;q=0.1"], true);
        check(&["text/html", "image/avif,image/*;q=0.8,*/*;q=0.5"], true);
    }

    #[test]
    fn anything_wider_or_other_is_not() {
        check(&[], false);
        check(&["*/*"], false);
        check(&["image/jpeg, text/*"], false);
        check(&["image/png;q=0", "image/*; q=0.000"], false);
    }
}
