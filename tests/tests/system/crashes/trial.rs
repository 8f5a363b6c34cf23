use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use thumbnailify_bundle::FAULTY;
use thumbnailify_invariants::{Bounds, Entry, Findings, check, read_log};
use thumbnailify_load::journal::Journal;
use thumbnailify_load::pictures::Sample;
use thumbnailify_load::target::{ApiAddress, Reach};
use thumbnailify_load::witness::Witness;
use thumbnailify_tests::{CRASH_AT, eventually};
use tokio::task::block_in_place;

use super::installation::{Installation, Kind};
use super::scenario::Scenario;

/// Short leases and frequent looks, so that what a crash leaves is mended within seconds.
const SETTINGS: &str = "
[log]
filter = \"info\"
[worker]
slots = 1
lease_s = 3
retry_delays_ms = [100]
[api]
admission_deadline_ms = 3_000
upload_idle_ms = 3_000
upload_deadline_ms = 3_000
[reconcile]
open_s = 1
lead_s = 2
originals_s = 1
thumbnails_s = 1
ghosts_s = 1
records_s = 1
unpublished_after_s = 1
unclaimed_after_s = 3
lapsed_after_s = 1
unrecorded_after_s = 3
finished_after_s = 3
orphaned_after_s = 3
";

/// How long everything may take to come to its end. Nothing is expected to come near it.
const DEADLINE: Duration = Duration::from_secs(60);

/// A system of which a process is to die, and somebody who watches it.
pub(super) struct Trial {
    pub(super) installation: Installation,
    pub(super) witness: Witness,
    pub(super) ids: Vec<String>,
    journal: Journal,
    scenario: Scenario,
    folder: TempDir,
}

impl Trial {
    /// Starts a system whose victim dies at this place.
    pub(super) fn begin(kind: Kind, scenario: Scenario, place: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let handlers = folder.path().join("handlers");
        fs::create_dir(&handlers).unwrap();
        fs::write(handlers.join("faulty.wasm"), FAULTY).unwrap();
        fs::write(folder.path().join("settings.toml"), SETTINGS).unwrap();
        let mut installation = Installation::prepare(kind, folder.path());
        installation.set(scenario.settings());
        let victim = installation.victim(scenario.victim());
        victim.set_variable(CRASH_AT, place);
        scenario.prepare(&installation);
        block_in_place(|| installation.start());
        let journal = Journal::in_file(&folder.path().join("seen.log")).unwrap();
        let target = ApiAddress::parse(installation.url(), Reach::Loopback).unwrap();
        Self {
            witness: Witness::new(&target, &journal, Duration::from_secs(20)),
            installation,
            ids: Vec::new(),
            journal,
            scenario,
            folder,
        }
    }

    /// Uploads a file. There may be no answer.
    pub(super) async fn upload(&mut self, media_type: &'static str, file: Vec<u8>) {
        let sample = Sample::new("a file", media_type, file, (0, 0));
        if let Some(id) = self.witness.upload(&sample).await {
            self.follow(id);
        }
    }

    /// That the time of an image is over is a deletion that nobody gets an answer to.
    fn follow(&mut self, id: String) {
        if self.scenario == Scenario::Expiry {
            let now_us = self.journal.time_us(Instant::now());
            self.journal.note(&Entry {
                sent_us: now_us,
                answered_us: now_us,
                operation: "delete".into(),
                media_id: Some(id.as_str().into()),
                ..Entry::default()
            });
        }
        self.ids.push(id);
    }

    /// Uploads a good picture.
    pub(super) async fn upload_picture(&mut self) {
        let file = Sample::tiny_png().unwrap().file.to_vec();
        self.upload("image/png", file).await;
    }

    /// Follows what was accepted up to now to its end.
    pub(super) async fn see_out(&self) {
        let deadline = Instant::now() + DEADLINE;
        self.witness.see_out(&self.ids, deadline).await;
    }

    /// Waits until the victim is killed, by nothing but itself.
    pub(super) async fn see_it_killed(&mut self) {
        let victim = self.installation.victim(self.scenario.victim());
        let ended = eventually("the process to die", async || victim.end().unwrap()).await;
        let log = || fs::read_to_string(victim.log()).unwrap_or_default();
        assert_eq!(ended.signal(), Some(9), "{ended}\n{}", log());
    }

    /// Starts the victim again, which does not die any more.
    pub(super) fn start_again(&mut self) {
        let victim = self.installation.victim(self.scenario.victim());
        victim.set_variable(CRASH_AT, "");
        block_in_place(|| victim.start()).unwrap();
    }

    /// The system goes on: it takes an upload.
    pub(super) async fn upload_another(&mut self) {
        let file = Sample::tiny_png().unwrap();
        let id = eventually("an upload to be taken", async || {
            self.witness.upload(&file).await
        })
        .await;
        self.follow(id);
    }

    /// Waits until all is quiet and everything was looked after, and checks what was seen.
    pub(super) async fn end(self) -> Findings {
        let deadline = Instant::now() + DEADLINE;
        self.witness.see_out(&self.ids, deadline).await;
        let flaws = self.flaws(deadline).await;
        // Once more, now that nothing changes any more.
        self.witness.see_out(&self.ids, Instant::now()).await;
        drop(self.witness);
        block_in_place(|| self.journal.close()).unwrap();
        let log = read_log(&self.folder.path().join("seen.log")).unwrap();
        let bounds = Bounds {
            lost_workers: 1,
            ..Bounds::default()
        };
        let mut findings = check(&log, &bounds);
        findings.add_remains(flaws);
        findings
    }

    /// What is left behind, once nothing is or the time is over.
    async fn flaws(&self, deadline: Instant) -> Vec<String> {
        loop {
            let remains = self.witness.remains(self.installation.media()).await;
            let flaws = match remains {
                Ok(remains) => remains.flaws(),
                Err(error) => vec![format!("{error:#}")],
            };
            if flaws.is_empty() || Instant::now() >= deadline {
                return flaws;
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "the pause between two looks at a condition"
            )]
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
