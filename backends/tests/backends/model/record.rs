//! What the rules of the status store say of one medium, and nothing about how it is stored.

use thumbnailify_core::{Phase, State, Transition};

use super::call::{Call, Ended, Epoch, Lease};

/// All that there was of a medium.
#[derive(Clone, Debug, Default)]
pub(super) enum Medium {
    #[default]
    Absent,
    Deleted,
    There(Record),
}

/// A record, as far as anybody sees it or it decides anything.
#[derive(Clone, Debug)]
pub(super) struct Record {
    request: usize,
    seen: Seen,
    holder: Option<Holder>,
    given_back: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Holder {
    token: usize,
    end_only: bool,
    lease: Lease,
}

/// What a reader sees of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) state: State,
    pub(super) phase: Phase,
    pub(super) version: u64,
    pub(super) epoch: u32,
    pub(super) attempts: u32,
    pub(super) handler_faults: u32,
    pub(super) has_thumbnail: bool,
    pub(super) transitions: usize,
}

/// The answer to a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Done,
    Taken,
    Granted(u32),
    Exhausted(u32),
    Busy,
    Final(State),
    Deleted,
    Superseded,
    Absent,
    Held,
    Lost,
    Stored,
    Reopened(Seen),
    NotFailed(Seen),
    Reissued(Seen),
    NotNeeded,
    Was(State),
}

impl Medium {
    pub(super) fn seen(&self) -> Option<Seen> {
        match self {
            Self::There(record) => Some(record.seen),
            Self::Absent | Self::Deleted => None,
        }
    }

    /// The number of the epoch that a call means. Of what is not there any is as good.
    pub(super) fn number(&self, epoch: Epoch) -> u32 {
        let current = self.seen().map_or(1, |seen| seen.epoch);
        match epoch {
            Epoch::Before => current - 1,
            Epoch::Current => current,
            Epoch::Next => current + 1,
        }
    }

    pub(super) fn answer(&mut self, call: Call) -> Answer {
        match (&mut *self, call) {
            (Self::Absent, Call::Create { request }) => {
                *self = Self::There(Record::new(request));
                Answer::Done
            }
            (Self::There(record), Call::Delete) => {
                let was = Answer::Was(record.seen.state);
                *self = Self::Deleted;
                was
            }
            (Self::There(record), call) => record.answer(call),
            (Self::Deleted, Call::Create { .. }) => Answer::Taken,
            (Self::Deleted, Call::Claim { .. }) => Answer::Deleted,
            (_, Call::Published { .. }) => Answer::Done,
            (_, Call::Beat { .. } | Call::Retry { .. } | Call::Release { .. }) => Answer::Lost,
            (_, Call::Reissue { .. }) => Answer::NotNeeded,
            (_, Call::Claim { .. } | Call::Finish { .. } | Call::Reopen { .. } | Call::Delete) => {
                Answer::Absent
            }
        }
    }
}

impl Record {
    fn new(request: usize) -> Self {
        let seen = Seen {
            state: State::Processing,
            phase: Phase::Queued,
            version: 1,
            epoch: 1,
            attempts: 0,
            handler_faults: 0,
            has_thumbnail: false,
            transitions: 1,
        };
        Self {
            request,
            seen,
            holder: None,
            given_back: None,
        }
    }

    fn answer(&mut self, call: Call) -> Answer {
        let number = |epoch| match epoch {
            Epoch::Before => self.seen.epoch - 1,
            Epoch::Current => self.seen.epoch,
            Epoch::Next => self.seen.epoch + 1,
        };
        match call {
            Call::Create { request } if request == self.request => Answer::Done,
            Call::Create { .. } => Answer::Taken,
            Call::Claim { epoch, .. } if number(epoch) < self.seen.epoch && self.is_open() => {
                Answer::Superseded
            }
            Call::Claim {
                token,
                lease,
                budget,
                ..
            } => self.claim(token, lease, budget),
            Call::Beat { token, lease } => self.beat(token, lease),
            Call::Finish { token, verdict } => self.finish(token, verdict),
            Call::Retry { token, by_handler } => self.give_back(token, |seen, _| {
                seen.phase = Phase::Retrying;
                seen.handler_faults += u32::from(by_handler);
            }),
            Call::Release { token } => self.give_back(token, |seen, end_only| {
                seen.phase = Phase::Queued;
                seen.attempts -= u32::from(!end_only);
            }),
            Call::Reopen { epoch } => self.reopen(number(epoch)),
            Call::Reissue { epoch } => self.reissue(number(epoch)),
            Call::Published { .. } | Call::Delete => Answer::Done,
        }
    }

    fn is_open(&self) -> bool {
        self.seen.state == State::Processing
    }

    fn written(&mut self) {
        self.seen.version += 1;
        self.seen.transitions = (self.seen.transitions + 1).min(Transition::KEPT);
    }

    fn claim(&mut self, token: usize, lease: Lease, budget: u32) -> Answer {
        if !self.is_open() {
            return Answer::Final(self.seen.state);
        }
        let is_mine = |holder: &Holder| holder.token == token;
        match &mut self.holder {
            Some(holder) if is_mine(holder) => holder.lease = lease,
            Some(holder) if holder.lease == Lease::Long => return Answer::Busy,
            _ => self.grant(token, lease, budget),
        }
        match self.holder {
            Some(Holder { end_only: true, .. }) => Answer::Exhausted(self.seen.attempts),
            _ => Answer::Granted(self.seen.attempts),
        }
    }

    fn grant(&mut self, token: usize, lease: Lease, budget: u32) {
        let end_only = self.seen.attempts >= budget;
        self.holder = Some(Holder {
            token,
            end_only,
            lease,
        });
        self.given_back = None;
        self.seen.attempts += u32::from(!end_only);
        self.seen.phase = Phase::Running;
        self.written();
    }

    fn beat(&mut self, token: usize, lease: Lease) -> Answer {
        let is_open = self.is_open();
        match &mut self.holder {
            Some(holder) if is_open && holder.token == token => {
                holder.lease = lease;
                Answer::Held
            }
            _ => Answer::Lost,
        }
    }

    fn finish(&mut self, token: usize, verdict: Ended) -> Answer {
        if self.holder.is_none_or(|holder| holder.token != token) {
            return Answer::Lost;
        }
        if self.is_open() {
            self.seen.phase = Phase::Done;
            self.seen.has_thumbnail = verdict == Ended::Completed;
            self.seen.state = match verdict {
                Ended::Completed => State::Completed,
                Ended::Error => State::Error,
            };
            self.written();
        }
        Answer::Stored
    }

    fn give_back(&mut self, token: usize, note: impl FnOnce(&mut Seen, bool)) -> Answer {
        match self.holder {
            Some(holder) if self.is_open() && holder.token == token => {
                self.holder = None;
                self.given_back = Some(token);
                note(&mut self.seen, holder.end_only);
                self.written();
                Answer::Held
            }
            _ if self.given_back == Some(token) => Answer::Held,
            _ => Answer::Lost,
        }
    }

    /// The next epoch, which nobody has claimed yet.
    fn begin_anew(&mut self) {
        self.seen.state = State::Processing;
        self.seen.phase = Phase::Queued;
        self.seen.epoch += 1;
        self.seen.has_thumbnail = false;
        (self.holder, self.given_back) = (None, None);
        self.written();
    }

    fn reopen(&mut self, epoch: u32) -> Answer {
        if self.seen.state == State::Error && epoch == self.seen.epoch {
            (self.seen.attempts, self.seen.handler_faults) = (0, 0);
            self.begin_anew();
        }
        if self.seen.epoch > epoch {
            Answer::Reopened(self.seen)
        } else {
            Answer::NotFailed(self.seen)
        }
    }

    fn reissue(&mut self, epoch: u32) -> Answer {
        let is_held = |holder: Holder| holder.lease == Lease::Long;
        let may_be = match self.seen.state {
            State::Processing => !self.holder.is_some_and(is_held),
            State::Completed => true,
            State::Error => false,
        };
        if !may_be || epoch != self.seen.epoch {
            return Answer::NotNeeded;
        }
        if self.seen.state == State::Completed {
            (self.seen.attempts, self.seen.handler_faults) = (0, 0);
        }
        self.begin_anew();
        Answer::Reissued(self.seen)
    }
}
