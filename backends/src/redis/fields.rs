use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use redis::{FromRedisValue, ParsingError, Value};
use serde::de::DeserializeOwned;
use thumbnailify_core::{Due, DueReason, Error, Known, MediaId, Original, Result, Status};

use super::BACKEND;
use crate::history::read_history;
use crate::spelling::{from_json, read, read_optional, read_options};

/// The state under which a tombstone stands; no state of a status.
const DELETED: &str = "Deleted";

/// The hash of one medium. Empty when there is none.
#[derive(Debug)]
pub(super) struct Fields(HashMap<String, String>);

impl FromRedisValue for Fields {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        HashMap::from_redis_value(value).map(Self)
    }
}

impl Fields {
    /// Reads the status, or `None` from a tombstone or from nothing.
    pub(super) fn into_status(self, id: MediaId) -> Result<Option<Status>> {
        match self.0.get("state") {
            Some(state) if state != DELETED => self.read(id).map(Some).map_err(|field| {
                Error::broken(BACKEND, format!("the field {field} of {id} cannot be read"))
            }),
            _ => Ok(None),
        }
    }

    /// Tells whether the record is a tombstone, or nothing at all.
    pub(super) fn known(self, id: MediaId) -> Known {
        match self.0.get("state").map(String::as_str) {
            None => Known::Absent,
            Some(DELETED) => Known::Deleted,
            Some(_) => match self.read(id) {
                Ok(status) => Known::Live(Box::new(status)),
                Err(_) => Known::Unreadable,
            },
        }
    }

    /// Reads an open medium whose time has come. `None` where it is not open, or cannot be read.
    pub(super) fn due(self, id: MediaId, now_ms: u64) -> Option<Due> {
        let number = |field: &'static str| self.parsed::<u64>(field).unwrap_or_default();
        let (published_epoch, published_at_ms) =
            (number("published_epoch"), number("published_at_ms"));
        let (is_held, lease_until_ms) =
            (self.optional("holder").is_some(), number("lease_until_ms"));
        let Known::Live(status) = self.known(id) else {
            return None;
        };
        let heard_ms = if is_held {
            lease_until_ms
        } else {
            status.updated_at_ms.max(published_at_ms)
        };
        let reason = if is_held {
            DueReason::Lapsed
        } else if published_epoch < status.epoch.into() {
            DueReason::Unpublished
        } else {
            DueReason::Unclaimed
        };
        Some(Due {
            status: *status,
            reason,
            silent_for: Duration::from_millis(now_ms.saturating_sub(heard_ms)),
        })
        .filter(|due| !due.status.state.is_final())
    }

    /// Reads each field, and gives the name of the first that is missing or wrong.
    fn read(&self, id: MediaId) -> Result<Status, &'static str> {
        let created_at_ms = self.parsed("created_at_ms")?;
        Ok(Status {
            media_id: id,
            media_type: self.parsed("media_type")?,
            service: read(self.text("service")?).map_err(|_| "service")?,
            state: read(self.text("state")?).map_err(|_| "state")?,
            phase: read(self.text("phase")?).map_err(|_| "phase")?,
            message: self.text("message")?.to_owned(),
            code: self.parsed("code")?,
            version: self.parsed("version")?,
            epoch: self.parsed("epoch")?,
            attempts: self.parsed("attempts")?,
            handler_faults: self.count("handler_faults")?,
            created_at_ms,
            updated_at_ms: self.parsed("updated_at_ms")?,
            original: Original {
                bytes: self.parsed("original_bytes")?,
                sha256: self.text("original_sha256")?.to_owned(),
            },
            options: read_options(self.optional("options")).map_err(|_| "options")?,
            thumbnail: self.json("thumbnail")?,
            handler: self.json("handler")?,
            cost: self.json("cost")?,
            fault: read_optional(self.optional("fault")).map_err(|_| "fault")?,
            history: read_history(self.optional("history").unwrap_or_default(), created_at_ms),
        })
    }

    fn text(&self, field: &'static str) -> Result<&str, &'static str> {
        self.optional(field).ok_or(field)
    }

    fn optional(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    fn parsed<T: FromStr>(&self, field: &'static str) -> Result<T, &'static str> {
        self.text(field)?.parse().map_err(|_| field)
    }

    /// Reads a number that is missing while it is zero.
    fn count(&self, field: &'static str) -> Result<u32, &'static str> {
        self.optional(field)
            .map_or(Ok(0), |count| count.parse().map_err(|_| field))
    }

    fn json<T: DeserializeOwned>(&self, field: &'static str) -> Result<Option<T>, &'static str> {
        from_json(self.optional(field)).map_err(|_| field)
    }
}
