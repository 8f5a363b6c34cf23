use std::fmt;

use redis::{Client, Script, Value};
use thumbnailify_core::{MediaId, Result};
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use super::changes::listen;
use super::connection::{Connection, redis_error};
use super::index::Index;
use super::keys::Keys;
use super::media_call::MediaCall;
use super::older_media::index_older_media;
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
    pub(super) index: Index,
    pub(super) changes: broadcast::Sender<MediaId>,
    /// What goes on beside the calls, for as long as there is the store.
    tasks: [AbortHandle; 2],
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
        let connection = Connection::new(client, &settings)?;
        let scripts = Scripts::new(settings.patience);
        let index = Index::new(connection.clone(), keys, scripts.reindex.clone());
        let indexing = index_older_media(index.clone());
        Ok(Self {
            settings,
            keys,
            scripts,
            connection,
            index,
            changes,
            tasks: [
                tokio::spawn(listening).abort_handle(),
                tokio::spawn(indexing).abort_handle(),
            ],
        })
    }

    /// Runs a script on one medium. Its answer begins with a word.
    pub(super) async fn run(&self, call: &MediaCall<'_>) -> Result<(String, Option<Value>)> {
        call.run(&self.connection).await
    }

    /// Begins the call of a script on one medium.
    pub(super) fn on<'a>(&self, script: &'a Script, id: MediaId) -> MediaCall<'a> {
        MediaCall::on(script, self.keys, id)
    }

    /// Begins the call of a script that moves a medium from one list to another.
    pub(super) fn on_lists<'a>(&self, script: &'a Script, id: MediaId) -> MediaCall<'a> {
        MediaCall::on_lists(script, self.keys, id)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        formatter.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
