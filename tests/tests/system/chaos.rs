//! Load, while processes are killed and stopped at random.

use std::time::{Duration, SystemTime};

use thumbnailify_chaos::{Chaos, Kind, Report, Voice, run};
use thumbnailify_load::pacing::Interrupt;
use thumbnailify_tests::compile_cache;

async fn kept_its_promises(kind: Kind) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let chaos = Chaos {
        kind,
        program: env!("CARGO_BIN_EXE_thumbnailify-under-test").into(),
        folder: folder.path().to_owned(),
        flags: vec!["--cache".into(), compile_cache().into()],
        seed: since_1970.as_secs(),
        time: Duration::from_secs(25),
        rate: 10.0,
        quiet_within: Duration::from_mins(3),
        voice: Voice::Loud,
        interrupt: Interrupt::default(),
    };
    let report = run(&chaos).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert!(report.faults() > 0, "{report}");
    assert!(report.findings.accepted > 0, "{report}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_server_that_is_killed_and_stopped_at_random_keeps_its_promises() {
    println!("{}", kept_its_promises(Kind::Embedded).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_of_which_all_is_killed_and_stopped_at_random_keeps_its_promises() {
    println!("{}", kept_its_promises(Kind::Servers).await);
}
