use proptest::collection::vec;
use proptest::prelude::*;

/// A call on one of a few media, by one of a few workers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Create {
        request: usize,
    },
    Published {
        epoch: Epoch,
    },
    Claim {
        token: usize,
        epoch: Epoch,
        lease: Lease,
        budget: u32,
    },
    Beat {
        token: usize,
        lease: Lease,
    },
    Finish {
        token: usize,
        verdict: Ended,
    },
    Retry {
        token: usize,
        by_handler: bool,
    },
    Release {
        token: usize,
    },
    Reopen {
        epoch: Epoch,
    },
    Reissue {
        epoch: Epoch,
    },
    Delete,
}

/// Which epoch is meant, as seen from the record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Epoch {
    Before,
    Current,
    Next,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lease {
    /// It outlives the history.
    Long,
    /// It is over at once.
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    Completed,
    Error,
}

/// How many media a history has.
pub(super) const MEDIA: usize = 2;
/// How many workers and clients take part.
pub(super) const ACTORS: usize = 3;
const LONGEST: usize = 40;

/// Calls, each with the medium that it is on.
pub(super) fn histories() -> impl Strategy<Value = Vec<(usize, Call)>> {
    vec((0..MEDIA, call()), 1..LONGEST)
}

fn call() -> impl Strategy<Value = Call> {
    let actor = || 0..ACTORS;
    prop_oneof![
        3 => (0..2_usize).prop_map(|request| Call::Create { request }),
        1 => epoch().prop_map(|epoch| Call::Published { epoch }),
        6 => (actor(), epoch(), lease(), 1..4_u32).prop_map(|(token, epoch, lease, budget)| {
            Call::Claim { token, epoch, lease, budget }
        }),
        1 => (actor(), lease()).prop_map(|(token, lease)| Call::Beat { token, lease }),
        3 => (actor(), ended()).prop_map(|(token, verdict)| Call::Finish { token, verdict }),
        2 => (actor(), any::<bool>())
            .prop_map(|(token, by_handler)| Call::Retry { token, by_handler }),
        2 => actor().prop_map(|token| Call::Release { token }),
        2 => epoch().prop_map(|epoch| Call::Reopen { epoch }),
        2 => epoch().prop_map(|epoch| Call::Reissue { epoch }),
        1 => Just(Call::Delete),
    ]
}

fn epoch() -> impl Strategy<Value = Epoch> {
    prop_oneof![
        1 => Just(Epoch::Before),
        6 => Just(Epoch::Current),
        1 => Just(Epoch::Next),
    ]
}

fn lease() -> impl Strategy<Value = Lease> {
    prop_oneof![2 => Just(Lease::Long), 1 => Just(Lease::Over)]
}

fn ended() -> impl Strategy<Value = Ended> {
    prop_oneof![Just(Ended::Completed), Just(Ended::Error)]
}
