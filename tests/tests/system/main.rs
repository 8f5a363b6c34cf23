//! The system from outside: what its users are promised, on embedded backends and on real servers.

#![expect(clippy::unwrap_used, reason = "this whole crate is tests")]

/// Makes a test of each behaviour twice: on embedded backends, and on NATS and Redis.
macro_rules! on_every_backend {
    ($($behaviour:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(thumbnailify_tests::Backends::Embedded).await;
            })+
        }
        mod nats_and_redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(thumbnailify_tests::Backends::servers()).await;
            })+
        }
    };
}

mod arrows;
mod bad_network;
mod chaos;
mod cluster;
mod command_line;
mod conformance;
mod crashes;
mod dead_letters;
mod deleting;
mod doctor;
mod drop_in;
mod faulty_handlers;
mod full_disk;
mod hostile_components;
mod hostile_pictures;
mod interface_versions;
mod listing;
mod load;
mod load_generator;
mod losses;
mod lost_tail;
mod metrics;
mod options;
mod original_cases;
mod outages;
mod pictures;
mod poison;
mod processes;
mod promises;
mod reconciling;
mod recovering;
mod reference;
mod repeated_deliveries;
mod request_ids;
mod retries;
mod rolling_restart;
mod signing;
