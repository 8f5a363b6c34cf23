//! The load generator: a good server passes, and what a bad one does shows.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use thumbnailify_invariants::{Bounds, check, read_log};
use thumbnailify_load::cost::{CostMode, Process as NamedProcess, Processes, Work, Workers};
use thumbnailify_load::journal::Journal;
use thumbnailify_load::journey::{Encoding, Follow, JourneyConfig};
use thumbnailify_load::modes::{HttpMode, KneeSearch, Run, StatusMode};
use thumbnailify_load::nats::{BareQueue, NatsMode, QueueAddresses};
use thumbnailify_load::pacing::{Arrivals, Load, Plan};
use thumbnailify_load::pictures::{Mix, MixName, Sample};
use thumbnailify_load::report::{Limits, Report, Row};
use thumbnailify_load::target::{ApiAddress, Reach};
use thumbnailify_load::witness::{Sight, Witness};
use thumbnailify_tests::{Backends, Client, Process, Stack, Upload, eventually};

use crate::losses::statuses_lose_all;

on_every_backend!(
    whole_journeys_pass,
    reads_of_statuses_and_of_the_list_pass,
    an_upload_that_vanishes_fails_the_run,
    an_upload_without_an_outcome_fails_the_run,
);

/// So many planned journeys, close to each other.
fn planned(count: u64) -> Run {
    Run::quiet(Load::Open {
        plan: Plan {
            rate: 50.0,
            arrivals: Arrivals::Poisson,
            seconds: 60.0,
            count,
            seed: 1,
        },
        in_flight: 100,
    })
}

fn http(client: &Client, mix: Mix) -> HttpMode {
    HttpMode {
        target: target(client),
        name: "test".into(),
        mix,
        journey: JourneyConfig::default(),
    }
}

fn target(client: &Client) -> ApiAddress {
    ApiAddress::parse(client.url(), Reach::Loopback).unwrap()
}

fn tiny() -> Mix {
    Mix::new(MixName::Tiny).unwrap()
}

fn row<'a>(report: &'a Report, measure: &str) -> &'a Row {
    let row = report.latencies.iter().find(|row| row.measure == measure);
    row.unwrap_or_else(|| panic!("no {measure} in {report}"))
}

async fn whole_journeys_pass(backends: Backends) {
    let stack = Stack::start(backends).await;
    let mut mode = http(&stack.client, Mix::new(MixName::Mixed).unwrap());
    mode.journey.reads = 2;
    let report = mode.run(&planned(15)).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert_eq!((report.accepted, report.completed), (15, 15), "{report}");
    assert_eq!(row(&report, "status").count, 30);
    assert_eq!(row(&report, "whole *").count, 15);
    assert_eq!(row(&report, "whole * GIF 100 frames").count, 1);

    mode.journey.encoding = Encoding::Binary;
    mode.journey.follow = Follow::Poll;
    let report = mode.run(&planned(5)).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    stack.stop().await;
}

async fn reads_of_statuses_and_of_the_list_pass(backends: Backends) {
    let stack = Stack::start(backends).await;
    let mode = StatusMode {
        target: target(&stack.client),
        images: 3,
        list_every: 5,
        journey: JourneyConfig::default(),
    };
    let report = mode.run(&planned(20)).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert_eq!(row(&report, "status").count, 16);
    assert_eq!(row(&report, "list").count, 4);
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    stack.stop().await;
}

/// A stack whose only slot is held by a handler in an endless loop, and the upload that it loops on.
async fn start_held(backends: Backends) -> (Stack, Upload) {
    let stack = Stack::start_with(backends, |settings| {
        settings.limits.deadline_ms = 600_000;
        settings.worker.slots = 1;
    })
    .await;
    let upload = stack.client.upload("application/x-faulty", b"loop").await;
    stack.client.running(&upload).await;
    (stack, upload)
}

/// The ids of the PNG files that wait for a worker.
fn waiting(stack: &Stack) -> Vec<String> {
    let files = stack.files("media/originals").into_iter();
    let names = files.map(|file| file.file_name().unwrap().to_str().unwrap().to_owned());
    let ids = names.filter_map(|name| Some(name.strip_suffix(".image~png")?.to_owned()));
    ids.collect()
}

async fn an_upload_that_vanishes_fails_the_run(backends: Backends) {
    let (stack, looping) = start_held(backends).await;
    let (mode, run) = (http(&stack.client, tiny()), planned(3));
    let interfere = async {
        let accepted = || async { (run.tally.lock().accepted == 3).then_some(()) };
        eventually("three accepted uploads", accepted).await;
        let victim = format!("/images/{}", waiting(&stack)[0]);
        for path in [victim, looping.path] {
            let answer = stack.client.send(Method::DELETE, &path).await;
            assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        }
    };
    let (report, ()) = tokio::join!(mode.run(&run), interfere);
    let report = report.unwrap();
    assert_eq!((report.lost, report.completed), (1, 2), "{report}");
    assert_eq!(report.errors, 0, "{report}");
    assert_eq!(report.broken, ["1 of 3 accepted uploads lost"]);
    stack.stop().await;
}

async fn an_upload_without_an_outcome_fails_the_run(backends: Backends) {
    let (stack, looping) = start_held(backends).await;
    let mut mode = http(&stack.client, tiny());
    mode.journey.follow_for = Duration::from_millis(50);
    let report = mode.run(&planned(1)).await.unwrap();
    assert_eq!((report.accepted, report.stuck), (1, 1), "{report}");
    assert!(!report.is_good(), "{report}");
    stack.client.send(Method::DELETE, &looping.path).await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_outcome_fails_the_run() {
    let stack = Stack::start(Backends::Embedded).await;
    let tiny = Sample::tiny_png().unwrap();
    let no_picture = Sample::new("no picture", "image/png", b"rubbish".to_vec(), (64, 64));
    let of_other_size = Sample {
        thumbnail_size: (65, 64),
        ..tiny.clone()
    };
    let mode = http(
        &stack.client,
        Mix::of(vec![tiny, no_picture, of_other_size]),
    );
    let report = mode.run(&planned(3)).await.unwrap();
    assert_eq!((report.completed, report.wrong), (1, 2), "{report}");
    assert!(!report.is_good(), "{report}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stalls_shows_in_the_latencies_from_the_planned_start() {
    let folder = tempfile::tempdir().unwrap();
    let program = thumbnailify_tests::program_under_test();
    let arguments = ["serve", "--listen", "127.0.0.1:0"];
    let mut process = Process::start(program.to_str().unwrap(), folder.path(), &arguments);
    let client = process.client();
    client.ready().await;
    let run = Run::quiet(Load::Open {
        plan: Plan {
            rate: 50.0,
            arrivals: Arrivals::Constant,
            seconds: 60.0,
            count: 51,
            seed: 1,
        },
        in_flight: 100,
    });
    process.pause();
    let resume_after_the_last_start = async {
        let started = || async { (run.tally.lock().started == 51).then_some(()) };
        eventually("the last start", started).await;
        process.resume();
    };
    let mode = http(&client, tiny());
    let (report, ()) = tokio::join!(mode.run(&run), resume_after_the_last_start);
    let report = report.unwrap();
    assert!(report.is_good(), "{report}");
    // The last start is planned a second after the first, and nothing was answered before it.
    let upload = row(&report, "upload *");
    assert_eq!(upload.count, 51);
    assert!(upload.max_ms >= 999.0, "{report}");
    assert!(upload.p50_ms >= 499.0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_counted_and_followed_no_further() {
    let stack = Stack::start(Backends::Embedded).await;
    let mode = http(&stack.client, tiny());
    stack.stop().await;
    let report = mode.run(&planned(3)).await.unwrap();
    assert_eq!((report.accepted, report.errors), (0, 3), "{report}");
    assert_eq!(report.failures["upload: not connected"], 3);
    assert!(!report.is_good());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_knee_is_looked_for_and_the_curve_tells_each_step() {
    let stack = Stack::start(Backends::Embedded).await;
    let run = Run {
        limits: Limits {
            max_p99: Some(Duration::from_secs(60)),
            ..Limits::default()
        },
        ..planned(4)
    };
    let mode = http(&stack.client, tiny());
    let curve = mode.find_knee(&run, KneeSearch::new(20.0, 2)).await;
    let curve = curve.unwrap();
    assert!(curve.is_good(), "{curve}");
    assert_eq!((curve.knee, curve.steps.len()), (Some(40.0), 2), "{curve}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_each_request_of_a_journey() {
    let stack = Stack::start(Backends::Embedded).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let run = Run {
        journal: Journal::in_file(file.path()).unwrap(),
        ..planned(2)
    };
    let report = http(&stack.client, tiny()).run(&run).await.unwrap();
    assert!(report.is_good(), "{report}");
    run.journal.close().unwrap();
    let log = std::fs::read_to_string(file.path()).unwrap();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let codes_of = |operation: &str| -> Vec<_> {
        let lines = lines.iter().filter(|line| line["operation"] == operation);
        lines.map(|line| line["code"].as_u64().unwrap()).collect()
    };
    assert_eq!(codes_of("upload"), [202, 202]);
    assert_eq!(codes_of("thumbnail"), [200, 200]);
    assert_eq!(codes_of("delete"), [204, 204]);
    assert!(
        lines.iter().all(|line| line["media_id"].is_string()),
        "{log}"
    );
    let last_status = lines.iter().rfind(|line| line["operation"] == "status");
    let last_status = last_status.unwrap();
    assert_eq!(last_status["state"], "Completed");
    assert_eq!(last_status["runs"], 1);
    let found = check(&read_log(file.path()).unwrap(), &Bounds::default());
    assert!(found.is_good(), "{found}");
    assert_eq!((found.accepted, found.deleted), (2, 2), "{found}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_tells_of_images_that_a_system_forgot() {
    let stack = Stack::start(Backends::servers()).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let journal = Journal::in_file(file.path()).unwrap();
    let target = target(&stack.client);
    let witness = Witness::new(&target, &journal, Duration::from_secs(20));
    let sample = Sample::tiny_png().unwrap();
    let id = eventually("an upload", async || witness.upload(&sample).await).await;
    let Backends::Servers { redis, .. } = &stack.backends else {
        unreachable!("they were asked for");
    };
    eventually("the outcome", async || {
        (witness.look(&id).await == Sight::Completed).then_some(())
    })
    .await;
    statuses_lose_all(redis);
    assert_eq!(witness.look(&id).await, Sight::Unknown);
    journal.flush().unwrap();
    let found = check(&read_log(file.path()).unwrap(), &Bounds::default());
    assert_eq!((found.lost, found.stuck), (1, 0), "{found}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_producer_of_its_own_pass() {
    let stack = Stack::start(Backends::servers()).await;
    let Backends::Servers { nats, redis } = &stack.backends else {
        unreachable!("they were asked for");
    };
    let mode = NatsMode {
        addresses: QueueAddresses {
            nats: nats.url(),
            redis: redis.url(),
            media: stack.media_folder(),
        },
        name: "small".into(),
        mix: Mix::new(MixName::Small).unwrap(),
        follow_for: Duration::from_mins(1),
    };
    let report = mode.run(&planned(10)).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert_eq!((report.accepted, report.completed), (10, 10), "{report}");
    assert_eq!(row(&report, "completed * image/png").count, 5);
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());

    let bare = BareQueue {
        nats: nats.url(),
        messages: 50,
        bytes: 250,
        publishers: 4,
        slots: 2,
    };
    let report = bare.run(&planned(1)).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert_eq!(row(&report, "double ack").count, 50);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cost_of_each_kind_of_work_is_told() {
    let stack = Stack::start(Backends::Embedded).await;
    let this_process = NamedProcess {
        name: "serve".into(),
        pid: std::process::id(),
    };
    let mode = CostMode {
        target: target(&stack.client),
        processes: Processes::new(vec![this_process]).unwrap(),
        work: vec![Work::Tiny, Work::Status, Work::Post, Work::Thumbnail],
        time: Duration::from_mins(1),
        count: 4,
        users: 2,
        workers: Workers::Work,
        journey: JourneyConfig::default(),
    };
    let report = mode.run(&planned(1)).await.unwrap();
    assert!(report.is_good(), "{report}");
    let counts: Vec<_> = report.rows.iter().map(|row| row.count).collect();
    assert_eq!(counts, [4; 4], "{report}");
    assert!(
        report
            .rows
            .iter()
            .all(|row| row.by_process.contains_key("serve"))
    );
    assert_eq!(stack.files("media"), Vec::<PathBuf>::new());
    stack.stop().await;
}
