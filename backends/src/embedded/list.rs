use rusqlite::{Connection, Row, Rows, params};
use thumbnailify_core::{Cursor, ListRequest, MediaId, Page, PageLimit, Status};

use super::fault::Fault;
use super::record::{Record, columns, read_record, stored};

/// Goes down the index `media_listed` from the cursor on.
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM media
WHERE deleted_at_ms IS NULL AND (created_at_ms, media_id) < (?1, ?2)
ORDER BY created_at_ms DESC, media_id DESC
LIMIT ?3"
);

/// Goes down the part of a state in the index `media_of_state`.
const LIST_OF_STATE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM media
WHERE state = ?4 AND deleted_at_ms IS NULL AND (created_at_ms, media_id) < (?1, ?2)
ORDER BY created_at_ms DESC, media_id DESC
LIMIT ?3"
);

/// Before every place that a medium can have.
const NEWEST: Cursor = Cursor {
    created_at_ms: u64::MAX,
    media_id: MediaId::from_bytes([0xff; 16]),
};

/// Reads a page, and one row more to know whether there is another.
pub(super) fn list(connection: &Connection, request: &ListRequest) -> Result<Page, Fault> {
    let after = request.after.unwrap_or(NEWEST);
    let (time, id) = (stored(after.created_at_ms), after.media_id);
    let (limit, rows) = (request.limit, i64::from(request.limit.get()) + 1);
    match request.state {
        None => {
            let mut list = connection.prepare_cached(LIST)?;
            read_page(list.query(params![time, id.as_bytes(), rows])?, limit)
        }
        Some(state) => {
            let mut list = connection.prepare_cached(LIST_OF_STATE)?;
            let parameters = params![time, id.as_bytes(), rows, state.as_str()];
            read_page(list.query(parameters)?, limit)
        }
    }
}

fn read_page(mut rows: Rows<'_>, limit: PageLimit) -> Result<Page, Fault> {
    let mut statuses = Vec::new();
    let mut last = None;
    for _ in 0..limit.get() {
        let Some(row) = rows.next()? else {
            return Ok(Page {
                statuses,
                next: None,
            });
        };
        let (id, record) = read_record(row)?;
        statuses.extend(readable(id, record));
        last = Some(read_place(row)?);
    }
    let next = rows.next()?.and(last);
    Ok(Page { statuses, next })
}

fn read_place(row: &Row<'_>) -> Result<Cursor, Fault> {
    let created_at_ms: i64 = row.get("created_at_ms")?;
    Ok(Cursor {
        created_at_ms: created_at_ms.unsigned_abs(),
        media_id: MediaId::from_bytes(row.get("media_id")?),
    })
}

/// The status of a record. One that cannot be read must not hide the others.
fn readable(id: MediaId, record: Result<Record, Fault>) -> Option<Status> {
    match record {
        Ok(record) => Some(record.status),
        Err(fault) => {
            let fault = &fault as &dyn std::error::Error;
            tracing::warn!(media.id = %id, error = fault, "a record cannot be listed");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{StatementStatus, params_from_iter};
    use thumbnailify_core::{NewMedia, Original, State, ThumbnailOptions};
    use uuid::Uuid;

    use super::super::clock::{Clock, Now};
    use super::super::schema;
    use super::*;

    /// Media in a database of its own, fifty to a millisecond.
    fn filled(media: u64) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::prepare(
            &mut connection,
            Clock::start(crate::Patience::default()).now(),
        )
        .unwrap();
        for place in 0..media {
            let new = NewMedia {
                media_id: MediaId::random(),
                media_type: "image/png".parse().unwrap(),
                original: Original {
                    bytes: 7,
                    sha256: "00".repeat(32),
                },
                options: ThumbnailOptions::default(),
                message: "Processing image".to_owned(),
                request: Uuid::new_v4(),
            };
            let now = Now {
                elapsed_ms: 0,
                unix_ms: place / 50,
                patience: crate::Patience::default(),
            };
            Record::insert(&connection, &new, now).unwrap();
        }
        connection
    }

    fn page(connection: &Connection, state: Option<State>, after: Option<Cursor>) -> Page {
        let limit = PageLimit::new(7).unwrap();
        let request = ListRequest {
            state,
            after,
            limit,
        };
        list(connection, &request).unwrap()
    }

    #[test]
    fn media_of_one_millisecond_are_listed_by_id() {
        let connection = filled(120);
        for state in [None, Some(State::Processing)] {
            let (mut places, mut next) = (Vec::new(), None);
            loop {
                let page = page(&connection, state, next);
                places.extend(page.statuses.iter().map(Cursor::of));
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            assert_eq!(places.len(), 120);
            assert!(places.is_sorted_by(|one, next| one > next), "{places:?}");
        }
    }

    #[test]
    fn a_list_goes_down_an_index_from_the_cursor_on() {
        let connection = filled(1);
        let place = "(created_at_ms,media_id)<(?,?)";
        for (query, plan) in [
            (LIST, format!("INDEX media_listed ({place})")),
            (
                LIST_OF_STATE,
                format!("INDEX media_of_state (state=? AND {place})"),
            ),
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {query}");
            let mut explain = connection.prepare(&explain).unwrap();
            let any = params_from_iter((0..explain.parameter_count()).map(|_| 0));
            let steps = explain.query_map(any, |row| row.get("detail")).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert_eq!(steps, [format!("SEARCH media USING {plan}")]);
        }
    }

    #[test]
    fn a_page_takes_as_many_steps_whatever_there_is_beside_it() {
        let steps = |media| {
            let connection = filled(media);
            let mut list = connection.prepare(LIST).unwrap();
            let parameters = params![1, [0xff_u8; 16], 8];
            let rows = list.query_map(parameters, |_| Ok(())).unwrap().count();
            assert_eq!(rows, 8);
            list.get_status(StatementStatus::VmStep)
        };
        assert_eq!(steps(100), steps(2_000));
    }

    #[test]
    fn a_record_that_cannot_be_read_hides_no_other() {
        let connection = filled(20);
        let break_one = "
            UPDATE media SET phase = 'asleep' WHERE media_id = (
                SELECT media_id FROM media ORDER BY created_at_ms DESC, media_id DESC LIMIT 1)";
        connection.execute(break_one, []).unwrap();
        let first = page(&connection, None, None);
        assert_eq!(first.statuses.len(), 6);
        assert_eq!(page(&connection, None, first.next).statuses.len(), 7);
    }
}
