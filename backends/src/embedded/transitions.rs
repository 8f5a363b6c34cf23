//! Who may change a record, and to what. No database here: a record goes in and comes out.

use std::time::Duration;

use thumbnailify_core::{
    Blame, Claim, ClaimRequest, ClaimToken, Finish, Hold, Phase, Reopen, Service, State, Verdict,
};

use super::clock::Now;
use super::record::{Holder, Record};
use crate::history::spell_worker;

impl Record {
    pub(super) fn claim(&mut self, request: &ClaimRequest, now: Now) -> Claim {
        if self.status.state.is_final() {
            return Claim::Final(Box::new(self.status.clone()));
        }
        if request.epoch < self.status.epoch {
            return Claim::Superseded;
        }
        match &mut self.holder {
            Some(holder) if holder.token == *request.token.as_uuid() => {
                holder.lease_until_ms = now.after(request.lease);
                self.due_ms = holder.lease_until_ms;
            }
            Some(holder) if holder.lease_until_ms > now.elapsed_ms => {
                return Claim::Busy {
                    remaining: now.until(holder.lease_until_ms),
                };
            }
            _ => self.grant(request, now),
        }
        self.granted()
    }

    fn grant(&mut self, request: &ClaimRequest, now: Now) {
        let end_only = self.status.attempts >= request.attempt_budget;
        let reason = self.holder.map(|_| self.silence()).unwrap_or_default();
        self.worker = named(&request.worker);
        self.status.attempts += u32::from(!end_only);
        self.status.phase = Phase::Running;
        self.holder = Some(Holder {
            token: *request.token.as_uuid(),
            end_only,
            lease_until_ms: now.after(request.lease),
        });
        self.given_back = None;
        self.due_ms = now.after(request.lease);
        // Whoever claims has the job from the queue.
        self.note_published(self.status.epoch, now);
        self.written_by_worker(&reason, now);
    }

    /// Why a claim goes to another although nobody gave it back.
    fn silence(&self) -> String {
        format!(
            "nothing was heard of {}",
            self.worker.as_deref().unwrap_or("its worker")
        )
    }

    /// Notes that the job of an epoch is in the queue.
    fn note_published(&mut self, epoch: u32, now: Now) {
        if epoch > self.published_epoch {
            (self.published_epoch, self.published_at_ms) = (epoch, now.unix_ms);
        }
    }

    /// Notes that the job is in the queue, which gives the workers time to claim it.
    pub(super) fn published(&mut self, epoch: u32, now: Now) {
        let is_held = |holder: Holder| holder.lease_until_ms > now.elapsed_ms;
        let is_waiting = !self.status.state.is_final() && !self.holder.is_some_and(is_held);
        if is_waiting && epoch == self.status.epoch {
            self.note_published(epoch, now);
            self.due_ms = now.due_if_unclaimed();
        }
    }

    fn granted(&self) -> Claim {
        let attempts = self.status.attempts;
        match self.holder {
            Some(Holder { end_only: true, .. }) => Claim::Exhausted { attempts },
            _ => Claim::Granted { attempt: attempts },
        }
    }

    pub(super) fn beat(&mut self, token: ClaimToken, lease: Duration, now: Now) -> Hold {
        let is_open = !self.status.state.is_final();
        match &mut self.holder {
            Some(holder) if is_open && holder.token == *token.as_uuid() => {
                holder.lease_until_ms = now.after(lease);
                self.due_ms = holder.lease_until_ms;
                Hold::Held
            }
            _ => Hold::Lost,
        }
    }

    pub(super) fn finish(&mut self, token: ClaimToken, verdict: &Verdict, now: Now) -> Finish {
        if !self.is_held_by(token) {
            return Finish::Lost;
        }
        if !self.status.state.is_final() {
            self.set_verdict(verdict);
            self.status.phase = Phase::Done;
            let reason = match verdict {
                Verdict::Completed { .. } => "",
                Verdict::Error { message, .. } => message,
            };
            self.written_by_worker(reason, now);
        }
        Finish::Stored
    }

    fn set_verdict(&mut self, verdict: &Verdict) {
        let status = &mut self.status;
        match verdict.clone() {
            Verdict::Completed {
                message,
                thumbnail,
                handler,
                cost,
            } => {
                (status.state, status.code, status.message) = (State::Completed, 200, message);
                status.thumbnail = Some(thumbnail);
                (status.handler, status.cost) = (Some(handler), Some(cost));
            }
            Verdict::Error {
                message,
                code,
                handler,
                cost,
                fault,
            } => {
                (status.state, status.code, status.message) = (State::Error, code, message);
                (status.handler, status.cost, status.fault) = (handler, cost, fault);
            }
        }
    }

    pub(super) fn retry(
        &mut self,
        token: ClaimToken,
        blame: Blame,
        reason: &str,
        now: Now,
    ) -> Hold {
        self.give_back(token, reason, now, |record, _| {
            record.status.phase = Phase::Retrying;
            record.status.handler_faults += u32::from(blame == Blame::Handler);
            reason.clone_into(&mut record.status.message);
        })
    }

    pub(super) fn release(&mut self, token: ClaimToken, reason: &str, now: Now) -> Hold {
        self.give_back(token, reason, now, |record, holder| {
            record.status.phase = Phase::Queued;
            let counted = u32::from(!holder.end_only);
            record.status.attempts = record.status.attempts.saturating_sub(counted);
        })
    }

    pub(super) fn reopen(&mut self, epoch: u32, message: &str, now: Now) -> Reopen {
        let status = &mut self.status;
        if status.epoch == epoch && status.state == State::Error {
            (status.state, status.phase, status.code) = (State::Processing, Phase::Queued, 202);
            message.clone_into(&mut status.message);
            (status.handler, status.cost, status.fault) = (None, None, None);
            status.epoch = epoch.saturating_add(1);
            (status.attempts, status.handler_faults) = (0, 0);
            (self.holder, self.given_back, self.worker) = (None, None, None);
            self.due_ms = now.due_if_unpublished();
            self.written(Service::Webserver, "asked for again", now);
            return Reopen::Reopened(Box::new(self.status.clone()));
        }
        let status = Box::new(self.status.clone());
        if status.epoch > epoch {
            Reopen::OpenBefore(status)
        } else {
            Reopen::NotFailed(status)
        }
    }

    /// Makes an Error of what was opened in vain. Tells whether it is one.
    pub(super) fn take_back(&mut self, epoch: u32, error: &Verdict, now: Now) -> bool {
        if self.status.epoch != epoch || self.status.attempts > 0 {
            return false;
        }
        let is_waiting = self.status.state == State::Processing && self.holder.is_none();
        if is_waiting && self.published_epoch < epoch {
            self.set_verdict(error);
            self.status.phase = Phase::Done;
            self.written(Service::Webserver, "the queue took no job", now);
        }
        self.status.state == State::Error
    }

    /// Ends the claim of the token. Remembers the token, so that a repeat gets the same answer.
    fn give_back(
        &mut self,
        token: ClaimToken,
        reason: &str,
        now: Now,
        note: impl FnOnce(&mut Self, Holder),
    ) -> Hold {
        let token = *token.as_uuid();
        match self.holder {
            Some(holder) if holder.token == token && !self.status.state.is_final() => {
                self.holder = None;
                self.given_back = Some(token);
                self.due_ms = now.due_if_unclaimed();
                note(self, holder);
                self.written_by_worker(reason, now);
                Hold::Held
            }
            _ if self.given_back == Some(token) => Hold::Held,
            _ => Hold::Lost,
        }
    }

    /// Makes the next epoch current. Tells whether it did.
    pub(super) fn reissue(&mut self, epoch: u32, message: &str, now: Now) -> bool {
        let is_held = |holder: Holder| holder.lease_until_ms > now.elapsed_ms;
        let may_be = match self.status.state {
            State::Processing => !self.holder.is_some_and(is_held),
            State::Completed => true,
            State::Error => false,
        };
        if !may_be || epoch != self.status.epoch {
            return false;
        }
        let status = &mut self.status;
        if status.state == State::Completed {
            (status.thumbnail, status.handler, status.cost) = (None, None, None);
            (status.attempts, status.handler_faults) = (0, 0);
        }
        (status.state, status.phase, status.code) = (State::Processing, Phase::Queued, 202);
        message.clone_into(&mut status.message);
        status.epoch = status.epoch.saturating_add(1);
        (self.holder, self.given_back, self.worker) = (None, None, None);
        self.due_ms = now.due_if_unpublished();
        self.written_by_worker(message, now);
        true
    }

    fn written_by_worker(&mut self, reason: &str, now: Now) {
        self.written(Service::Worker, reason, now);
    }
}

/// The name of a worker, unless it has none.
fn named(worker: &str) -> Option<String> {
    (!worker.is_empty()).then(|| spell_worker(worker))
}
