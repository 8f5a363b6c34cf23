use std::time::Duration;

use async_trait::async_trait;
use redis::aio::ConnectionManager;
use thumbnailify_core::{
    Counts, Due, Error, Known, MediaId, Reissue, Result, State, Status, StatusUpkeep, SystemId,
};

use super::BACKEND;
use super::keys::{Keys, LEADER, RECORDS, SYSTEM};
use super::media_call::span_ms;
use super::older_media::{BATCH, put_all_right};
use super::status_store::{status, unknown_answer};
use super::store::RedisStore;

/// The time of the server in milliseconds, and ids with when they are due.
type DueIds = (u64, Vec<(String, u64)>);

#[async_trait]
impl StatusUpkeep for RedisStore {
    async fn due(&self, ahead: Duration, limit: u16) -> Result<Vec<Due>> {
        let mut now_ms = 0;
        let mut times = Vec::new();
        for shard in self.keys.shards() {
            let (at_ms, ids) = self.due_ids(shard, ahead, limit).await?;
            now_ms = at_ms;
            times.extend(ids.into_iter().map(|(id, due_ms)| (due_ms, id)));
        }
        times.sort_unstable();
        times.truncate(limit.into());
        let ids = times.iter().filter_map(|(_, id)| id.parse().ok());
        self.due_media(&ids.collect::<Vec<_>>(), now_ms).await
    }

    async fn reissue(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reissue> {
        let call = self.on_lists(&self.scripts.reissue, id);
        let (word, rest) = self.run(&call.arg(epoch).arg(message)).await?;
        match word.as_str() {
            "reissued" => Ok(Reissue::Done(Box::new(status(rest, id)?))),
            "not needed" => Ok(Reissue::NotNeeded),
            other => Err(unknown_answer(other)),
        }
    }

    async fn delete_unchanged(&self, id: MediaId, version: u64) -> Result<Option<Status>> {
        self.bury(id, Some(version)).await
    }

    async fn look_up(&self, ids: &[MediaId]) -> Result<Vec<Known>> {
        let records = self.records(ids.iter().copied()).await?;
        let known = ids.iter().zip(records);
        Ok(known.map(|(id, fields)| fields.known(*id)).collect())
    }

    async fn counts(&self) -> Result<Counts> {
        let [processing, completed, error] =
            [State::Processing, State::Completed, State::Error].map(|state| self.count(state));
        Ok(Counts {
            processing: processing.await?,
            completed: completed.await?,
            error: error.await?,
        })
    }

    /// Goes from the lists to the records, and from the records to the lists.
    async fn mend_lists(&self) -> Result<u64> {
        let lists = State::ALL.map(Some).into_iter().chain([None]);
        let mut mended = 0;
        for list in lists {
            mended += put_all_right(&self.index, list).await?.mended;
        }
        mended += self.mend_from_records().await?;
        Ok(u64::try_from(mended).unwrap_or(u64::MAX))
    }

    async fn lead(&self, name: &str, term: Duration) -> Result<bool> {
        // 0 would be to resign.
        self.ask_to_lead(name, span_ms(term).max(1)).await
    }

    async fn now(&self) -> Result<Duration> {
        let ask = |mut connection: ConnectionManager| async move {
            let time = redis::cmd("TIME");
            time.query_async::<(u64, u64)>(&mut connection).await
        };
        let (seconds, micros) = self.connection.call(ask).await?;
        Ok(Duration::from_secs(seconds).saturating_add(Duration::from_micros(micros)))
    }

    async fn system(&self) -> Result<Option<SystemId>> {
        let ask = |mut connection: ConnectionManager| async move {
            let mut get = redis::cmd("GET");
            get.arg(SYSTEM);
            get.query_async::<Option<String>>(&mut connection).await
        };
        let Some(text) = self.connection.call(ask).await? else {
            return Ok(None);
        };
        let read = text.parse().map(Some);
        read.map_err(|_| Error::broken(BACKEND, format!("{SYSTEM} holds no id: {text}")))
    }

    async fn join(&self, system: SystemId) -> Result<SystemId> {
        let ask = |mut connection: ConnectionManager| async move {
            let mut set = redis::cmd("SET");
            set.arg(SYSTEM).arg(system.to_string()).arg("NX");
            set.query_async::<Option<String>>(&mut connection).await
        };
        self.connection.call(ask).await?;
        let said = self.system().await?;
        said.ok_or_else(|| Error::broken(BACKEND, format!("{SYSTEM} does not stay")))
    }

    fn settles_in(&self) -> Duration {
        Duration::from_millis(self.settings.settle_ms)
    }

    async fn resign(&self, name: &str) -> Result<()> {
        self.ask_to_lead(name, 0).await.map(drop)
    }
}

impl RedisStore {
    async fn due_ids(&self, shard: u8, ahead: Duration, limit: u16) -> Result<DueIds> {
        let mut call = self.scripts.due.prepare_invoke();
        call.key(self.keys.open(shard));
        call.arg(span_ms(ahead)).arg(limit);
        let call = &call;
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async(&mut connection).await
        };
        self.connection.call(ask).await
    }

    /// Reads the records of what is due. A medium that is not open any more, or whose record is gone, is put right,
    /// or it would be the first to be due for ever.
    async fn due_media(&self, ids: &[MediaId], now_ms: u64) -> Result<Vec<Due>> {
        let (mut due, mut stale) = (Vec::new(), Vec::new());
        for (id, fields) in ids.iter().zip(self.records(ids.iter().copied()).await?) {
            match fields.due(*id, now_ms) {
                Some(medium) => due.push(medium),
                None => stale.push(*id),
            }
        }
        self.index.put_records_right(&stale).await?;
        Ok(due)
    }

    async fn count(&self, state: State) -> Result<u64> {
        let mut pipe = redis::pipe();
        for shard in self.keys.shards() {
            pipe.zcard(self.keys.list(shard, Some(state)));
        }
        let pipe = &pipe;
        let ask = |mut connection: ConnectionManager| async move {
            pipe.query_async::<Vec<u64>>(&mut connection).await
        };
        Ok(self.connection.call(ask).await?.into_iter().sum())
    }

    async fn mend_from_records(&self) -> Result<usize> {
        let (mut cursor, mut mended) = (0_u64, 0);
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(RECORDS);
            scan.arg("COUNT").arg(BATCH);
            let scan = &scan;
            let ask = |mut connection: ConnectionManager| async move {
                scan.query_async::<(u64, Vec<String>)>(&mut connection)
                    .await
            };
            let (next, records) = self.connection.call(ask).await?;
            let ids = records.iter().filter_map(|record| Keys::id_of(record));
            mended += self
                .index
                .put_records_right(&ids.collect::<Vec<_>>())
                .await?;
            if next == 0 {
                return Ok(mended);
            }
            cursor = next;
        }
    }

    async fn ask_to_lead(&self, name: &str, term_ms: u64) -> Result<bool> {
        let mut call = self.scripts.lead.prepare_invoke();
        call.key(LEADER).arg(name).arg(term_ms);
        let call = &call;
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async(&mut connection).await
        };
        self.connection.call(ask).await
    }
}
