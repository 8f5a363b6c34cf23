use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};

use super::members;

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The time that `Prefer: wait=N` (RFC 7240) grants for the answer. Of several, the first counts.
pub(crate) fn preferred_wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = members(headers, &PREFER).find_map(wait_seconds)?;
    Some(Duration::from_secs(seconds))
}

fn wait_seconds(preference: &str) -> Option<u64> {
    let without_parameters = preference.split(';').next()?;
    let (name, value) = without_parameters.split_once('=')?;
    let value = value.trim().trim_matches('"');
    if name.trim().eq_ignore_ascii_case("wait") {
        value.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prefer: &[&'static str], expected: Option<u64>) {
        let mut headers = HeaderMap::new();
        for line in prefer {
            headers.append(PREFER, line.parse().unwrap());
        }
        assert_eq!(
            preferred_wait(&headers),
            expected.map(Duration::from_secs),
            "{prefer:?}"
        );
    }

    #[test]
    fn the_wait_is_found_among_other_preferences() {
        check(&["wait=10"], Some(10));
        check(&["respond-async, WAIT = \"5\"; foo=bar"], Some(5));
        check(&["return=minimal", "wait=0", "wait=9"], Some(0));
    }

    #[test]
    fn what_is_not_a_wait_is_ignored() {
        check(&[], None);
        check(&["wait", "wait=soon", "wait=-1", "waiting=3"], None);
    }
}
