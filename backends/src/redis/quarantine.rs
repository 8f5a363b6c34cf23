use std::time::Duration;

use async_trait::async_trait;
use redis::ScriptInvocation;
use redis::aio::ConnectionManager;
use thumbnailify_core::{Case, Crash, Crashes, Error, Quarantine, Result};

use super::BACKEND;
use super::keys;
use super::media_call::span_ms;
use super::store::RedisStore;
use crate::spelling::from_json;

#[async_trait]
impl Quarantine for RedisStore {
    async fn note(&self, case: &Case, run: &str, crash: &Crash, keep: Duration) -> Result<Crashes> {
        let crash = serde_json::to_string(crash)
            .map_err(|error| Error::broken(BACKEND, error.to_string()))?;
        let mut call = self.scripts.note_crash.key(keys::quarantine(case));
        call.arg(run).arg(crash).arg(span_ms(keep));
        self.known(&call).await
    }

    async fn crashes(&self, case: &Case) -> Result<Crashes> {
        let call = self.scripts.crashes.key(keys::quarantine(case));
        self.known(&call).await
    }

    async fn lift(&self, case: &Case) -> Result<()> {
        let mut command = redis::cmd("DEL");
        command.arg(keys::quarantine(case));
        let command = &command;
        let ask = |mut connection: ConnectionManager| async move {
            command.query_async::<()>(&mut connection).await
        };
        self.connection.call(ask).await
    }
}

impl RedisStore {
    /// Runs a script that answers with the count of a case and its last crash.
    async fn known(&self, call: &ScriptInvocation<'_>) -> Result<Crashes> {
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async::<(u32, Option<String>)>(&mut connection)
                .await
        };
        let (count, last) = self.connection.call(ask).await?;
        let last = from_json(last.as_deref())
            .map_err(|error| Error::broken(BACKEND, format!("a crash cannot be read: {error}")))?;
        Ok(Crashes { count, last })
    }
}
