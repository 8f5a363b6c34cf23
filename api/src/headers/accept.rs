use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

use super::members;

/// Tells whether `Accept` names pictures of any kind, as browsers do where they mean to show one.
///
/// `*/*` does not count: every client sends it, whatever it wants.
pub(crate) fn names_pictures(headers: &HeaderMap) -> bool {
    members(headers, &ACCEPT).any(|range| {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        !is_ruled_out(parameters) && is_of_pictures(name.trim())
    })
}

fn is_of_pictures(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(kind, _)| kind.eq_ignore_ascii_case("image"))
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
        assert_eq!(names_pictures(&headers), expected, "{accept:?}");
    }

    #[test]
    fn any_range_of_pictures_is_a_wish_for_them() {
        check(&["image/*"], true);
        check(&["Image/PNG"], true);
        check(&["text/html, image/png;q=0.1"], true);
        check(
            &["text/html", "image/avif,image/webp;q=0.8,*/*;q=0.5"],
            true,
        );
        check(&["image/png;q=0, image/jpeg"], true);
    }

    #[test]
    fn anything_wider_or_other_is_none() {
        check(&[], false);
        check(&["*/*"], false);
        check(&["text/*, application/image, image"], false);
        check(&["image/png;q=0", "image/*; q=0.000"], false);
    }
}
