use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use thumbnailify_core::{DeadLetter, DeadLetters, LetterPage, LetterPlace, MediaId, Result};

use super::database::Database;
use super::fault::Fault;
use super::record::stored;
use super::writer::Durability;
use crate::DeadLetterSettings;

/// A letter that takes the place of another gets a new number, and so becomes the newest.
const PUT: &str = "REPLACE INTO dead_letter (media_id, letter, added_at_ms) VALUES (?1, ?2, ?3)";

const FORGET_OLD: &str = "DELETE FROM dead_letter WHERE added_at_ms < ?1";

const FORGET_SURPLUS: &str = "
DELETE FROM dead_letter WHERE seq IN (
    SELECT seq FROM dead_letter ORDER BY seq DESC LIMIT -1 OFFSET ?1)";

const GET: &str = "SELECT letter FROM dead_letter WHERE media_id = ?1";

const LIST: &str = "SELECT seq, letter FROM dead_letter WHERE seq > ?1 ORDER BY seq LIMIT ?2";

const REMOVE: &str = "DELETE FROM dead_letter WHERE media_id = ?1";

/// The dead letters in the table `dead_letter`.
#[derive(Debug)]
pub(super) struct EmbeddedDeadLetters {
    database: Arc<Database>,
    settings: DeadLetterSettings,
}

impl EmbeddedDeadLetters {
    pub(super) fn new(database: Arc<Database>, settings: DeadLetterSettings) -> Self {
        Self { database, settings }
    }
}

#[async_trait]
impl DeadLetters for EmbeddedDeadLetters {
    async fn put(&self, letter: &DeadLetter) -> Result<()> {
        let (id, json) = (letter.media_id(), spell(letter)?);
        let (clock, settings) = (self.database.clock(), self.settings.clone());
        let step = move |connection: &Connection| {
            let now_ms = stored(clock.now().unix_ms);
            let put = params![id.as_bytes(), json, now_ms];
            connection.prepare_cached(PUT)?.execute(put)?;
            let max_age_ms = i64::try_from(settings.max_age().as_millis()).unwrap_or(i64::MAX);
            let oldest_ms = now_ms.saturating_sub(max_age_ms);
            connection
                .prepare_cached(FORGET_OLD)?
                .execute([oldest_ms])?;
            let most = settings.max_letters;
            connection.prepare_cached(FORGET_SURPLUS)?.execute([most])?;
            Ok(())
        };
        self.database.write(Durability::Power, step).await
    }

    async fn get(&self, id: MediaId) -> Result<Option<DeadLetter>> {
        let get = move |connection: &Connection| {
            let mut get = connection.prepare_cached(GET)?;
            let json = get.query_row([id.as_bytes()], |row| row.get::<_, String>(0));
            Ok(json.optional()?)
        };
        let json = self.database.read(get).await?;
        json.map(|json| read(&json).map_err(Into::into)).transpose()
    }

    async fn list(&self, after: LetterPlace, limit: u16) -> Result<LetterPage> {
        let list = move |connection: &Connection| list(connection, after, limit);
        self.database.read(list).await
    }

    async fn remove(&self, id: MediaId) -> Result<bool> {
        let step = move |connection: &Connection| {
            let removed = connection
                .prepare_cached(REMOVE)?
                .execute([id.as_bytes()])?;
            Ok(removed > 0)
        };
        self.database.write(Durability::Power, step).await
    }
}

fn list(connection: &Connection, after: LetterPlace, limit: u16) -> Result<LetterPage, Fault> {
    let mut list = connection.prepare_cached(LIST)?;
    // One row more tells whether there is another page.
    let mut rows = list.query(params![stored(after.0), u32::from(limit) + 1])?;
    let mut page = LetterPage::default();
    let mut last = after;
    for _ in 0..limit {
        let Some(row) = rows.next()? else {
            return Ok(page);
        };
        let json: String = row.get("letter")?;
        last = LetterPlace(row.get::<_, i64>("seq")?.unsigned_abs());
        page.letters.extend(readable(&json, last));
    }
    page.next = rows.next()?.map(|_| last);
    Ok(page)
}

/// Reads a letter. One that cannot be read must not hide the others.
fn readable(json: &str, place: LetterPlace) -> Option<DeadLetter> {
    match read(json) {
        Ok(letter) => Some(letter),
        Err(fault) => {
            let error = &fault as &dyn std::error::Error;
            tracing::warn!(place = place.0, error, "a dead letter cannot be read");
            None
        }
    }
}

fn spell(letter: &DeadLetter) -> Result<String, Fault> {
    serde_json::to_string(letter).map_err(|error| Fault::Field(format!("a dead letter: {error}")))
}

fn read(json: &str) -> Result<DeadLetter, Fault> {
    serde_json::from_str(json).map_err(|error| Fault::Field(format!("a dead letter: {error}")))
}
