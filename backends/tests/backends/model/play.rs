use std::time::Duration;

use proptest::prop_assert_eq;
use proptest::test_runner::TestCaseError;
use thumbnailify_core::{
    Blame, Claim, ClaimRequest, ClaimToken, Error, Finish, Hold, ListRequest, MediaId, NewMedia,
    PageLimit, Reissue, Reopen, State, Status, StatusStore, StatusUpkeep, Verdict,
};

use super::call::{ACTORS, Call, Ended, Epoch, Lease, MEDIA};
use super::record::{Answer, Medium, Seen};
use crate::redis::{completed, verdict};
use crate::sample::{claim_request, new_media};

/// A store, and those who call it.
struct Players<'a> {
    store: &'a dyn StatusStore,
    upkeep: &'a dyn StatusUpkeep,
    tokens: [ClaimToken; ACTORS],
}

/// One medium, and two uploads that want its id.
struct Played {
    uploads: [NewMedia; 2],
    model: Medium,
}

/// Makes the calls of a history in a store and in the model, and compares each answer and what is seen then.
pub(super) async fn play(
    store: &dyn StatusStore,
    upkeep: &dyn StatusUpkeep,
    calls: &[(usize, Call)],
) -> Result<(), TestCaseError> {
    let players = Players {
        store,
        upkeep,
        tokens: [(); ACTORS].map(|()| ClaimToken::random()),
    };
    let mut media = [(); MEDIA].map(|()| Played::new());
    for (step, (medium, call)) in calls.iter().enumerate() {
        let medium = &mut media[*medium];
        let answer = players.call(medium, *call).await;
        prop_assert_eq!(answer, medium.model.answer(*call), "step {}", step);
        let status = store.get(medium.id()).await.unwrap();
        let seen = status.as_ref().map(seen);
        prop_assert_eq!(seen, medium.model.seen(), "step {}", step);
    }
    for medium in &media {
        players.check_lists(medium).await?;
        store.delete(medium.id()).await.unwrap();
    }
    Ok(())
}

impl Played {
    fn new() -> Self {
        let id = MediaId::random();
        Self {
            uploads: [new_media(id), new_media(id)],
            model: Medium::default(),
        }
    }

    fn id(&self) -> MediaId {
        self.uploads[0].media_id
    }
}

fn seen(status: &Status) -> Seen {
    Seen {
        state: status.state,
        phase: status.phase,
        version: status.version,
        epoch: status.epoch,
        attempts: status.attempts,
        handler_faults: status.handler_faults,
        has_thumbnail: status.thumbnail.is_some(),
        transitions: status.history.len(),
    }
}

fn span(lease: Lease) -> Duration {
    match lease {
        Lease::Long => Duration::from_hours(1),
        Lease::Over => Duration::ZERO,
    }
}

fn ending(ended: Ended) -> Verdict {
    match ended {
        Ended::Completed => completed(),
        Ended::Error => verdict(),
    }
}

fn hold(hold: Hold) -> Answer {
    match hold {
        Hold::Held => Answer::Held,
        Hold::Lost => Answer::Lost,
    }
}

impl Players<'_> {
    async fn call(&self, medium: &Played, call: Call) -> Answer {
        let (store, id) = (self.store, medium.id());
        let number = |epoch: Epoch| medium.model.number(epoch);
        match call {
            Call::Create { request } => match store.create(&medium.uploads[request]).await {
                Err(Error::AlreadyExists(taken)) if taken == id => Answer::Taken,
                created => {
                    created.unwrap();
                    Answer::Done
                }
            },
            Call::Published { epoch } => {
                store.published(id, number(epoch)).await.unwrap();
                Answer::Done
            }
            Call::Claim {
                token,
                epoch,
                lease,
                budget,
            } => {
                let request = ClaimRequest {
                    token: self.tokens[token],
                    epoch: number(epoch),
                    lease: span(lease),
                    attempt_budget: budget,
                    ..claim_request()
                };
                claimed(store.claim(id, &request).await.unwrap())
            }
            Call::Beat { token, lease } => {
                let beat = store.beat(id, self.tokens[token], span(lease)).await;
                hold(beat.unwrap())
            }
            Call::Finish { token, verdict } => {
                let finish = store.finish(id, self.tokens[token], &ending(verdict)).await;
                finished(finish.unwrap())
            }
            Call::Retry { token, by_handler } => {
                let blame = if by_handler {
                    Blame::Handler
                } else {
                    Blame::Machine
                };
                let retry = store
                    .retry(id, self.tokens[token], blame, "it failed")
                    .await;
                hold(retry.unwrap())
            }
            Call::Release { token } => {
                let release = store.release(id, self.tokens[token], "not now").await;
                hold(release.unwrap())
            }
            Call::Reopen { epoch } => {
                let reopen = store.reopen(id, number(epoch), "again").await;
                reopened(reopen.unwrap())
            }
            Call::Reissue { epoch } => {
                let reissue = self.upkeep.reissue(id, number(epoch), "lost").await;
                reissued(reissue.unwrap())
            }
            Call::Delete => {
                let before = store.delete(id).await.unwrap();
                before.map_or(Answer::Absent, |status| Answer::Was(status.state))
            }
        }
    }

    /// A medium is in the list of its state, in that of all, and in no other.
    async fn check_lists(&self, medium: &Played) -> Result<(), TestCaseError> {
        let state = medium.model.seen().map(|seen| seen.state);
        for list in [
            None,
            Some(State::Processing),
            Some(State::Completed),
            Some(State::Error),
        ] {
            let request = ListRequest {
                state: list,
                after: None,
                limit: PageLimit::new(1_000).unwrap(),
            };
            let page = self.store.list(&request).await.unwrap();
            let mut listed = page.statuses.iter().map(|status| status.media_id);
            let is_listed = listed.any(|listed| listed == medium.id());
            let should_be = state.is_some_and(|state| list.is_none_or(|list| list == state));
            prop_assert_eq!(is_listed, should_be, "{:?} of {:?}", state, list);
        }
        Ok(())
    }
}

fn claimed(claim: Claim) -> Answer {
    match claim {
        Claim::Granted { attempt } => Answer::Granted(attempt),
        Claim::Exhausted { attempts } => Answer::Exhausted(attempts),
        Claim::Busy { .. } => Answer::Busy,
        Claim::Final(status) => Answer::Final(status.state),
        Claim::Deleted => Answer::Deleted,
        Claim::Superseded => Answer::Superseded,
        Claim::Absent => Answer::Absent,
    }
}

fn finished(finish: Finish) -> Answer {
    match finish {
        Finish::Stored => Answer::Stored,
        Finish::Lost => Answer::Lost,
        Finish::Absent => Answer::Absent,
    }
}

fn reopened(reopen: Reopen) -> Answer {
    match reopen {
        Reopen::Reopened(status) => Answer::Reopened(seen(&status)),
        Reopen::NotFailed(status) => Answer::NotFailed(seen(&status)),
        Reopen::Absent => Answer::Absent,
    }
}

fn reissued(reissue: Reissue) -> Answer {
    match reissue {
        Reissue::Done(status) => Answer::Reissued(seen(&status)),
        Reissue::NotNeeded => Answer::NotNeeded,
    }
}
