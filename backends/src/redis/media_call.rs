use std::time::Duration;

use redis::aio::ConnectionManager;
use redis::{Script, ScriptInvocation, Value};
use thumbnailify_core::{MediaId, Result};

use super::connection::{Connection, redis_error};
use super::keys::{Keys, MediaKeys};

/// A script on one medium, with its keys and arguments.
pub(super) struct MediaCall<'a> {
    invocation: ScriptInvocation<'a>,
}

impl<'a> MediaCall<'a> {
    pub(super) fn on(script: &'a Script, keys: Keys, id: MediaId) -> Self {
        let MediaKeys {
            media,
            older_history,
            index,
            open,
            channel,
        } = keys.of(id);
        let mut invocation = script.prepare_invoke();
        invocation
            .key(media)
            .key(older_history)
            .key(index)
            .key(open);
        invocation.arg(channel).arg(id.to_string());
        Self { invocation }
    }

    /// A call that has the list of each state among its keys.
    pub(super) fn on_lists(script: &'a Script, keys: Keys, id: MediaId) -> Self {
        let mut call = Self::on(script, keys, id);
        for list in keys.lists_of(id) {
            call.invocation.key(list);
        }
        call
    }

    pub(super) fn arg(mut self, argument: impl redis::ToRedisArgs) -> Self {
        self.invocation.arg(argument);
        self
    }

    /// Adds a span in milliseconds.
    pub(super) fn span(self, span: Duration) -> Self {
        self.arg(span_ms(span))
    }

    /// Runs the script. Its answer begins with a word.
    pub(super) async fn run(&self, connection: &Connection) -> Result<(String, Option<Value>)> {
        let call = &self.invocation;
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async::<Vec<Value>>(&mut connection).await
        };
        let mut answer = connection.call(ask).await?.into_iter();
        let word = answer.next().unwrap_or(Value::Nil);
        let word = redis::from_redis_value(word).map_err(|error| redis_error(&error.into()))?;
        Ok((word, answer.next()))
    }
}

/// A span in milliseconds, cut to what a number in a script can hold exactly.
pub(super) fn span_ms(span: Duration) -> u64 {
    const MAX_MS: u128 = 1 << 50;
    u64::try_from(span.as_millis().min(MAX_MS)).unwrap_or_default()
}
