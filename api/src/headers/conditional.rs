use axum::http::HeaderMap;
use axum::http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use httpdate::HttpDate;

use super::members;

/// Tells whether the client has what it asks for already (RFC 9110, section 13.2.2).
pub(crate) fn is_current(headers: &HeaderMap, etag: &str, last_modified: HttpDate) -> bool {
    if headers.contains_key(IF_NONE_MATCH) {
        // The weak comparison, in which the mark of a weak tag does not matter.
        members(headers, &IF_NONE_MATCH)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    } else {
        let since = headers
            .get(IF_MODIFIED_SINCE)
            .and_then(|value| value.to_str().ok());
        since
            .and_then(|since| since.parse().ok())
            .is_some_and(|since| last_modified <= since)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;
    use crate::timestamp::Timestamp;

    fn check(headers: &[(HeaderName, &'static str)], expected: bool) {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()));
        let headers: HeaderMap = headers.collect();
        let day = Timestamp(86_400_000).http_date();
        assert_eq!(
            is_current(&headers, "\"abc\"", day),
            expected,
            "{headers:?}"
        );
    }

    #[test]
    fn a_known_tag_is_current() {
        check(&[(IF_NONE_MATCH, "\"abc\"")], true);
        check(&[(IF_NONE_MATCH, "\"x\", W/\"abc\"")], true);
        check(&[(IF_NONE_MATCH, "*")], true);
        check(&[(IF_NONE_MATCH, "abc")], false);
        check(&[], false);
    }

    #[test]
    fn a_date_counts_only_without_tags() {
        const SECOND_DAY: &str = "Fri, 02 Jan 1970 00:00:00 GMT";
        check(&[(IF_MODIFIED_SINCE, SECOND_DAY)], true);
        check(
            &[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, SECOND_DAY)],
            false,
        );
        check(
            &[(IF_MODIFIED_SINCE, "Thu, 01 Jan 1970 23:59:59 GMT")],
            false,
        );
        check(&[(IF_MODIFIED_SINCE, "yesterday")], false);
    }
}
