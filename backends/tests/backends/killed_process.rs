//! Kills a process of its own, which is this test binary started again.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use thumbnailify_backends::Embedded;
use thumbnailify_core::{Claim, MediaId};

use crate::sample::{claim_request, ends, job, new_media};

/// Tells the test binary that it is the process to be killed, and where its database is.
const VICTIM_DIR: &str = "BACKENDS_TEST_VICTIM_DIR";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_jobs_that_go_on_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut victim, id) = start_victim(dir.path());
    victim.kill().unwrap();
    victim.wait().unwrap();

    let embedded = Embedded::open(dir.path()).unwrap();
    let delivery = ends(embedded.job_queue().pull()).await.unwrap();
    assert_eq!(delivery.job().media_id, id);
    let claim = embedded.status_store().claim(id, &claim_request()).await;
    // The attempt that was killed is counted, or a job that kills its process would go on for ever.
    assert_eq!(claim.unwrap(), Claim::Granted { attempt: 2 });
}

fn start_victim(dir: &Path) -> (Child, MediaId) {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_process::victim", "--nocapture"])
        .env(VICTIM_DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let id = lines.find_map(|line| line.unwrap().trim().parse().ok());
    (victim, id.expect("the victim names its medium"))
}

/// The process that is killed in the midst of its work. Does nothing in a usual run.
#[tokio::test(flavor = "multi_thread")]
async fn victim() {
    #[expect(clippy::disallowed_methods, reason = "set by the test above")]
    let Some(dir) = std::env::var_os(VICTIM_DIR) else {
        return;
    };
    let job = job();
    let embedded = Embedded::open(Path::new(&dir)).unwrap();
    let statuses = embedded.status_store();
    statuses.create(&new_media(job.media_id)).await.unwrap();
    embedded.job_queue().publish(&job).await.unwrap();
    let _delivery = embedded.job_queue().pull().await.unwrap();
    statuses
        .claim(job.media_id, &claim_request())
        .await
        .unwrap();
    println!("\n{}", job.media_id);
    std::future::pending().await
}
