//! Random histories of a few media, in a store and in a model of it that fits on a page.
//!
//! `PROPTEST_CASES` sets how many, and `PROPTEST_RNG_SEED` begins them elsewhere.

mod call;
mod play;
mod record;

use proptest::test_runner::{Config, RngSeed, TestRunner};
use thumbnailify_backends::Embedded;
use thumbnailify_core::{StatusStore, StatusUpkeep};
use tokio::runtime::Runtime;

use crate::redis;

/// The same histories in every run, unless told otherwise: whoever changes something else is not surprised.
const SEED: u64 = 20_260;

/// How many histories on Redis for one on the disk, which takes a few milliseconds for each call.
const QUICKER: u32 = 8;

fn check(slower: u32, store: &dyn StatusStore, upkeep: &dyn StatusUpkeep, runtime: &Runtime) {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    config.cases = (config.cases * 2 / slower).max(1);
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    let mut runner = TestRunner::new(config);
    let checked = runner.run(&call::histories(), |calls| {
        runtime.block_on(play::play(store, upkeep, &calls))
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

#[test]
fn the_database_does_what_the_model_does() {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path()).unwrap();
    let (store, upkeep) = (embedded.status_store(), embedded.status_upkeep());
    check(QUICKER, &*store, &*upkeep, &runtime);
}

#[test]
fn redis_does_what_the_model_does() {
    let runtime = Runtime::new().unwrap();
    let server = redis::started();
    let store = {
        let _entered = runtime.enter();
        redis::store(&server)
    };
    check(1, &store, &store, &runtime);
}
