use axum::http::Uri;
use thumbnailify_core::{Cursor, InvalidOption, InvalidValue, ListRequest, PageLimit, State};

use crate::config::Config;
use crate::cursor::{read_cursor, spell_cursor};

const LIMIT: &str = "limit";
const CURSOR: &str = "cursor";
const STATE: &str = "state";

/// Reads which images are asked for. A name that is not known is refused: who misspells a filter must not take
/// what is listed for what was meant.
pub(crate) fn read_list_query(uri: &Uri, config: &Config) -> Result<ListRequest, InvalidOption> {
    let (mut limit, mut after, mut state) = (None, None, None);
    let text = uri.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        match &*name {
            LIMIT => put(&mut limit, LIMIT, &value, |text| read_limit(text, config))?,
            CURSOR => put(&mut after, CURSOR, &value, read_after)?,
            STATE => put(&mut state, STATE, &value, read_state)?,
            _ => {
                return Err(InvalidOption::unknown(
                    &name,
                    &value,
                    &[LIMIT, CURSOR, STATE],
                ));
            }
        }
    }
    Ok(ListRequest {
        state,
        after,
        limit: limit.unwrap_or(config.default_list_limit),
    })
}

/// The path and query of the same list from a place on.
pub(crate) fn list_path(request: &ListRequest, after: Cursor) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(LIMIT, &request.limit.to_string());
    if let Some(state) = request.state {
        query.append_pair(STATE, state.as_str());
    }
    query.append_pair(CURSOR, &spell_cursor(after));
    format!("/images?{}", query.finish())
}

/// Reads a value into its place, which must be empty. What cannot be read says what would be.
fn put<T>(
    place: &mut Option<T>,
    name: &str,
    text: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<(), InvalidOption> {
    let value = read(text).map_err(|allowed| InvalidOption::wrong(name, text, allowed))?;
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(InvalidOption::repeated(name, text)),
    }
}

fn read_limit(text: &str, config: &Config) -> Result<PageLimit, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = plain.then(|| text.parse().ok()).flatten();
    let limit = limit.and_then(PageLimit::new);
    limit
        .filter(|limit| *limit <= config.max_list_limit)
        .ok_or_else(|| format!("a whole number from 1 to {}", config.max_list_limit))
}

fn read_after(text: &str) -> Result<Cursor, String> {
    read_cursor(text).ok_or_else(|| "the `next_cursor` of an earlier answer as it is".to_owned())
}

fn read_state(text: &str) -> Result<State, String> {
    text.parse()
        .map_err(|state: InvalidValue| state.allowed.to_owned())
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::MediaId;

    use super::*;

    fn read(query: &str) -> Result<ListRequest, InvalidOption> {
        let uri: Uri = format!("/images?{query}").parse().unwrap();
        read_list_query(&uri, &Config::default())
    }

    #[test]
    fn no_query_asks_for_the_newest_of_all() {
        let newest = ListRequest {
            state: None,
            after: None,
            limit: PageLimit::new(50).unwrap(),
        };
        assert_eq!(read("").unwrap(), newest);
        let plain = Uri::from_static("/images");
        let request = read_list_query(&plain, &Config::default());
        assert_eq!(request.unwrap(), newest);
    }

    #[test]
    fn the_path_of_the_next_page_is_read_as_what_it_says() {
        let place = Cursor {
            created_at_ms: 1_732_700_000_000,
            media_id: MediaId::random(),
        };
        for state in [None, Some(State::Error)] {
            let request = ListRequest {
                state,
                after: None,
                limit: PageLimit::new(7).unwrap(),
            };
            let next: Uri = list_path(&request, place).parse().unwrap();
            let expected = ListRequest {
                after: Some(place),
                ..request
            };
            assert_eq!(read_list_query(&next, &Config::default()), Ok(expected));
        }
    }

    fn check_refused(query: &str, field: &str, allowed: &str) {
        let refused = read(query).unwrap_err();
        assert_eq!((&*refused.field, &*refused.allowed), (field, allowed));
    }

    #[test]
    fn what_cannot_be_used_is_named_with_what_can() {
        for limit in ["0", "201", "65537", "+5", "-1", "5.0", "", "many"] {
            let query = format!("limit={limit}");
            check_refused(&query, "limit", "a whole number from 1 to 200");
        }
        check_refused(
            "state=error",
            "state",
            "one of Processing, Completed, Error",
        );
        let cursor = "the `next_cursor` of an earlier answer as it is";
        check_refused("cursor=", "cursor", cursor);
        check_refused("cursor=AQ%3D%3D", "cursor", cursor);
        check_refused("limit=5&limit=5", "limit", "one value");
        check_refused("Limit=5", "Limit", "limit, cursor, state");
        check_refused("offset=5", "offset", "limit, cursor, state");
    }
}
