use std::time::Duration;

use async_trait::async_trait;
use redis::Value;
use redis::aio::ConnectionManager;
use thumbnailify_core::{
    Blame, Claim, ClaimRequest, ClaimToken, Error, FaultKind, Finish, Hold, ListRequest, MediaId,
    NewMedia, Page, Reopen, Result, State, Status, StatusStore, Verdict,
};
use tokio::sync::broadcast;
use tokio::time::timeout;
use uuid::Uuid;

use super::BACKEND;
use super::connection::redis_error;
use super::fields::Fields;
use super::keys::CHECK;
use super::media_call::MediaCall;
use super::store::RedisStore;
use crate::history::{spell_reason, spell_worker};
use crate::spelling::{spell, spell_options, to_json};

/// How long a check may take: who asks wants to know about now.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

#[async_trait]
impl StatusStore for RedisStore {
    async fn create(&self, new: &NewMedia) -> Result<()> {
        let call = self
            .on_lists(&self.scripts.create, new.media_id)
            .arg(new.request.to_string())
            .arg(new.media_type.as_str())
            .arg(&new.message)
            .arg(new.original.bytes)
            .arg(&new.original.sha256)
            .arg(spell_options(&new.options).unwrap_or_default());
        match self.run(&call).await?.0.as_str() {
            "created" => Ok(()),
            "taken" => Err(Error::AlreadyExists(new.media_id)),
            other => Err(unknown_answer(other)),
        }
    }

    async fn published(&self, id: MediaId, epoch: u32) -> Result<()> {
        let call = self.on(&self.scripts.published, id).arg(epoch);
        self.run(&call).await?;
        Ok(())
    }

    async fn get(&self, id: MediaId) -> Result<Option<Status>> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.keys.of(id).media);
        let command = &command;
        let ask = |mut connection: ConnectionManager| async move {
            command.query_async::<Fields>(&mut connection).await
        };
        self.connection.call(ask).await?.into_status(id)
    }

    async fn list(&self, request: &ListRequest) -> Result<Page> {
        self.page(request).await
    }

    async fn claim(&self, id: MediaId, request: &ClaimRequest) -> Result<Claim> {
        let call = self
            .on(&self.scripts.claim, id)
            .arg(request.token.as_uuid().to_string())
            .arg(request.epoch)
            .span(request.lease)
            .arg(request.attempt_budget)
            .arg(spell_worker(&request.worker));
        let (word, rest) = self.run(&call).await?;
        Ok(match word.as_str() {
            "granted" => Claim::Granted {
                attempt: number(rest)?,
            },
            "exhausted" => Claim::Exhausted {
                attempts: number(rest)?,
            },
            "busy" => Claim::Busy {
                remaining: Duration::from_millis(number(rest)?),
            },
            "final" => Claim::Final(Box::new(status(rest, id)?)),
            "deleted" => Claim::Deleted,
            "superseded" => Claim::Superseded,
            "absent" => Claim::Absent,
            other => return Err(unknown_answer(other)),
        })
    }

    async fn beat(&self, id: MediaId, token: ClaimToken, lease: Duration) -> Result<Hold> {
        let call = self.on(&self.scripts.beat, id);
        self.hold(call.arg(token.as_uuid().to_string()).span(lease))
            .await
    }

    async fn finish(&self, id: MediaId, token: ClaimToken, verdict: &Verdict) -> Result<Finish> {
        let call = self.on_lists(&self.scripts.finish, id);
        let call = with_verdict(call.arg(token.as_uuid().to_string()), verdict);
        match self.run(&call).await?.0.as_str() {
            "stored" => Ok(Finish::Stored),
            "lost" => Ok(Finish::Lost),
            "deleted" => Ok(Finish::Deleted),
            "absent" => Ok(Finish::Absent),
            other => Err(unknown_answer(other)),
        }
    }

    async fn retry(
        &self,
        id: MediaId,
        token: ClaimToken,
        blame: Blame,
        reason: &str,
    ) -> Result<Hold> {
        let blame = match blame {
            Blame::Handler => "handler",
            Blame::Machine => "machine",
        };
        let call = self.on(&self.scripts.give_back, id);
        let call = call.arg(token.as_uuid().to_string()).arg("retrying");
        let call = call.arg(spell_reason(reason)).arg(reason).arg(blame);
        self.hold(call).await
    }

    async fn release(&self, id: MediaId, token: ClaimToken, reason: &str) -> Result<Hold> {
        let call = self.on(&self.scripts.give_back, id);
        let call = call.arg(token.as_uuid().to_string()).arg("queued");
        self.hold(call.arg(spell_reason(reason))).await
    }

    async fn reopen(&self, id: MediaId, epoch: u32, message: &str) -> Result<Reopen> {
        let call = self.on_lists(&self.scripts.reopen, id);
        let (word, rest) = self.run(&call.arg(epoch).arg(message)).await?;
        Ok(match word.as_str() {
            "reopened" => Reopen::Reopened(Box::new(status(rest, id)?)),
            "open before" => Reopen::OpenBefore(Box::new(status(rest, id)?)),
            "not failed" => Reopen::NotFailed(Box::new(status(rest, id)?)),
            "absent" => Reopen::Absent,
            other => return Err(unknown_answer(other)),
        })
    }

    async fn take_back(&self, id: MediaId, epoch: u32, error: &Verdict) -> Result<bool> {
        let call = self.on_lists(&self.scripts.take_back, id).arg(epoch);
        match self.run(&with_verdict(call, error)).await?.0.as_str() {
            "taken back" => Ok(true),
            "not taken back" => Ok(false),
            other => Err(unknown_answer(other)),
        }
    }

    async fn delete(&self, id: MediaId) -> Result<Option<Status>> {
        self.bury(id, None).await
    }

    fn changes(&self) -> broadcast::Receiver<MediaId> {
        self.listen()
    }

    async fn oldest_open(&self) -> Result<Option<Duration>> {
        self.age_of_oldest_open().await
    }

    // A write, since a server without memory or a replica answers to reads alone.
    async fn check(&self) -> Result<()> {
        let ask = |mut connection: ConnectionManager| async move {
            let mut set = redis::cmd("SET");
            set.arg(CHECK).arg("").arg("EX").arg(60);
            set.query_async::<()>(&mut connection).await
        };
        let check = timeout(CHECK_TIMEOUT, self.connection.call(ask)).await;
        check.map_err(|elapsed| Error::unavailable(BACKEND, elapsed))?
    }
}

impl RedisStore {
    /// Leaves a tombstone of a record, or of the one of this version alone.
    pub(super) async fn bury(&self, id: MediaId, version: Option<u64>) -> Result<Option<Status>> {
        let ttl = self.settings.tombstone_ttl();
        // Knows the repeats of this call, which else would find its own tombstone.
        let request = Uuid::new_v4().to_string();
        let call = self.on_lists(&self.scripts.delete, id).span(ttl);
        let version = version.map(|version| version.to_string());
        let call = call.arg(request).arg(version.unwrap_or_default());
        let (word, rest) = self.run(&call).await?;
        match word.as_str() {
            "deleted" => status(rest, id).map(Some),
            "absent" => Ok(None),
            other => Err(unknown_answer(other)),
        }
    }

    async fn hold(&self, call: MediaCall<'_>) -> Result<Hold> {
        match self.run(&call).await?.0.as_str() {
            "held" => Ok(Hold::Held),
            "lost" => Ok(Hold::Lost),
            other => Err(unknown_answer(other)),
        }
    }
}

fn with_verdict<'a>(call: MediaCall<'a>, verdict: &Verdict) -> MediaCall<'a> {
    let (state, code, message, thumbnail, handler, cost, fault) = match verdict {
        Verdict::Completed {
            message,
            thumbnail,
            handler,
            cost,
        } => {
            let (thumbnail, handler, cost) = (Some(thumbnail), Some(handler), Some(cost));
            (
                State::Completed,
                200,
                message,
                thumbnail,
                handler,
                cost,
                None,
            )
        }
        Verdict::Error {
            message,
            code,
            handler,
            cost,
            fault,
        } => (
            State::Error,
            *code,
            message,
            None,
            handler.as_ref(),
            cost.as_ref(),
            *fault,
        ),
    };
    // That a thumbnail was made needs no reason.
    let reason = if state == State::Error { message } else { "" };
    call.arg(spell(state))
        .arg(code)
        .arg(message)
        .arg(to_json(thumbnail).unwrap_or_default())
        .arg(to_json(handler).unwrap_or_default())
        .arg(to_json(cost).unwrap_or_default())
        .arg(fault.map_or("", FaultKind::as_str))
        .arg(spell_reason(reason))
}

fn number<T: redis::FromRedisValue>(value: Option<Value>) -> Result<T> {
    let number = redis::from_redis_value(value.unwrap_or(Value::Nil));
    number.map_err(|error| redis_error(&error.into()))
}

pub(super) fn status(value: Option<Value>, id: MediaId) -> Result<Status> {
    let status = number::<Fields>(value)?.into_status(id)?;
    status.ok_or_else(|| Error::broken(BACKEND, format!("the status of {id} is empty")))
}

pub(super) fn unknown_answer(answer: &str) -> Error {
    Error::broken(BACKEND, format!("a script answered `{answer}`"))
}
