use std::fmt;
use std::time::Duration;

use redis::aio::ConnectionManager;
use redis::{Client, Script, ScriptInvocation, Value};
use thumbnailify_core::{MediaId, Result};
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use super::changes::listen;
use super::connection::{Connection, redis_error};
use super::keys::{Keys, MediaKeys};
use super::scripts::Scripts;
use super::settings::RedisSettings;
use crate::CHANGES_KEPT;

/// A [`thumbnailify_core::StatusStore`], [`thumbnailify_core::CatalogStore`] and
/// [`thumbnailify_core::Quarantine`] in a Redis server.
pub struct RedisStore {
    pub(super) settings: RedisSettings,
    pub(super) keys: Keys,
    pub(super) scripts: Scripts,
    pub(super) connection: Connection,
    pub(super) changes: broadcast::Sender<MediaId>,
    listener: AbortHandle,
}

impl RedisStore {
    /// Prepares the store, within a Tokio runtime. The server need not be there: each call connects as
    /// needed and is `Unavailable` after [`RedisSettings::call_timeout_ms`] at the latest.
    ///
    /// # Errors
    /// `Broken` when the address is not one.
    pub fn connect(settings: RedisSettings) -> Result<Self> {
        let client = Client::open(settings.url.as_str()).map_err(|error| redis_error(&error))?;
        let keys = Keys::new(settings.shards);
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let listening = listen(client.clone(), keys.channels(), changes.clone());
        Ok(Self {
            keys,
            scripts: Scripts::new(),
            connection: Connection::new(client, &settings)?,
            changes,
            listener: tokio::spawn(listening).abort_handle(),
            settings,
        })
    }

    /// Runs a script on one medium. Its answer begins with a word.
    pub(super) async fn run(&self, call: &MediaCall<'_>) -> Result<(String, Option<Value>)> {
        let call = &call.invocation;
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async::<Vec<Value>>(&mut connection).await
        };
        let mut answer = self.connection.call(ask).await?.into_iter();
        let word = answer.next().unwrap_or(Value::Nil);
        let word = redis::from_redis_value(word).map_err(|error| redis_error(&error.into()))?;
        Ok((word, answer.next()))
    }

    /// Begins the call of a script on one medium.
    pub(super) fn on<'a>(&self, script: &'a Script, id: MediaId) -> MediaCall<'a> {
        let MediaKeys {
            media,
            history,
            index,
            open,
            channel,
        } = self.keys.of(id);
        let mut invocation = script.prepare_invoke();
        invocation.key(media).key(history).key(index).key(open);
        invocation.arg(channel).arg(id.to_string());
        MediaCall { invocation }
    }
}

/// A script with its keys and arguments.
pub(super) struct MediaCall<'a> {
    invocation: ScriptInvocation<'a>,
}

impl MediaCall<'_> {
    pub(super) fn arg(mut self, argument: impl redis::ToRedisArgs) -> Self {
        self.invocation.arg(argument);
        self
    }

    /// Adds a span in milliseconds.
    pub(super) fn span(self, span: Duration) -> Self {
        self.arg(span_ms(span))
    }
}

/// A span in milliseconds, cut to what a number in a script can hold exactly.
pub(super) fn span_ms(span: Duration) -> u64 {
    const MAX_MS: u128 = 1 << 50;
    u64::try_from(span.as_millis().min(MAX_MS)).unwrap_or_default()
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        formatter.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
