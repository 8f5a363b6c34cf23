use futures::future::try_join_all;
use redis::Script;
use redis::aio::ConnectionManager;
use thumbnailify_core::{Cursor, Error, MediaId, Result, State};

use super::BACKEND;
use super::connection::Connection;
use super::entry::{read_entry, spell_entry};
use super::keys::Keys;
use super::media_call::MediaCall;

/// The lists: sorted sets in which every medium has an entry that sorts by its place.
///
/// The scripts keep them in step with the records. An entry can still be wrong, where the server threw a record
/// away or a program of an older version wrote it, so nothing is believed of an entry but its place.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) connection: Connection,
    pub(super) keys: Keys,
    reindex: Script,
}

impl Index {
    pub(super) fn new(connection: Connection, keys: Keys, reindex: Script) -> Self {
        Self {
            connection,
            keys,
            reindex,
        }
    }

    /// The places of a list behind another, the newest first, up to a count.
    ///
    /// Each shard is asked for as many as may be needed, in one round trip for all.
    pub(super) async fn places(
        &self,
        state: Option<State>,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<Vec<Cursor>> {
        let lists = self.keys.shards().map(|shard| self.keys.list(shard, state));
        let found = self.ask(lists, after, count).await?;
        let mut entries: Vec<_> = found.into_iter().flatten().collect();
        entries.sort_unstable_by(|one, other| other.cmp(one));
        entries.truncate(count);
        entries.iter().map(|entry| read(entry)).collect()
    }

    async fn ask(
        &self,
        lists: impl Iterator<Item = String>,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<Vec<Vec<String>>> {
        let below = after.map_or("+".to_owned(), |place| format!("({}", spell_entry(place)));
        let mut pipe = redis::pipe();
        for list in lists {
            // The newer spelling, ZRANGE with BYLEX and REV, needs Redis 6.2.
            let command = pipe.cmd("ZREVRANGEBYLEX").arg(list);
            command.arg(&below).arg("-").arg("LIMIT").arg(0).arg(count);
        }
        let pipe = &pipe;
        let ask = |mut connection: ConnectionManager| async move {
            pipe.query_async(&mut connection).await
        };
        self.connection.call(ask).await
    }

    /// Puts media into the lists that their records belong to, and takes them out of all others. Returns how many
    /// were not in the right ones.
    pub(super) async fn put_right(&self, places: &[Cursor]) -> Result<usize> {
        let entries = places
            .iter()
            .map(|place| (place.media_id, spell_entry(*place)));
        self.put_entries_right(entries).await
    }

    /// The same for media of which no entry is known.
    pub(super) async fn put_records_right(&self, ids: &[MediaId]) -> Result<usize> {
        let entries = ids.iter().map(|id| (*id, String::new()));
        self.put_entries_right(entries).await
    }

    async fn put_entries_right(
        &self,
        entries: impl Iterator<Item = (MediaId, String)>,
    ) -> Result<usize> {
        let calls = entries.map(async |(id, entry)| {
            let call = MediaCall::on_lists(&self.reindex, self.keys, id).arg(entry);
            let answer = call.run(&self.connection).await;
            answer.map(|(word, _)| word == "mended")
        });
        let mended = try_join_all(calls).await?;
        Ok(mended.into_iter().filter(|is_mended| *is_mended).count())
    }
}

fn read(entry: &str) -> Result<Cursor> {
    read_entry(entry).ok_or_else(|| Error::broken(BACKEND, format!("there is `{entry}` in a list")))
}
