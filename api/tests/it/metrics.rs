use std::collections::BTreeMap;

use reqwest::StatusCode;
use thumbnailify_api::Config;
use thumbnailify_core::{FaultKind, HandlerCounters, HandlerState, HandlerSummary};

use crate::breaker::{Breaker, Fault};
use crate::harness::{TestApi, failed_handler, ready_handler, runs, suspended_handler};

/// The labels of the handler that the harness announces.
const PNG: &str = r#"handler="png",version="1.2.3",sha256="beef",worker="worker-1""#;

async fn metrics(api: &TestApi) -> String {
    let response = api.get("/metrics").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    response.text().await.unwrap()
}

async fn metrics_of(handlers: Vec<HandlerSummary>) -> String {
    let api = TestApi::start_without_worker(Config::default()).await;
    api.announce("worker-1", handlers).await;
    metrics(&api).await
}

fn assert_has(text: &str, lines: &[String]) {
    for line in lines {
        assert!(
            text.lines().any(|other| other == line),
            "no {line} in:\n{text}"
        );
    }
}

#[tokio::test]
async fn what_a_handler_did_is_measured() {
    let counters = HandlerCounters {
        jobs: 6,
        errors: 1,
        faults: BTreeMap::from([(FaultKind::TimedOut, 2)]),
        ..runs(3, 1_500)
    };
    let handler = HandlerSummary {
        counters,
        ..ready_handler("png")
    };
    let text = metrics_of(vec![handler]).await;
    assert_has(
        &text,
        &[
            "# TYPE thumbnailify_handler_jobs_total counter".to_owned(),
            format!("thumbnailify_handler_jobs_total{{{PNG},outcome=\"completed\"}} 3"),
            format!("thumbnailify_handler_jobs_total{{{PNG},outcome=\"error\"}} 1"),
            format!("thumbnailify_handler_faults_total{{{PNG},kind=\"timed-out\"}} 2"),
            format!("thumbnailify_handler_faults_total{{{PNG},kind=\"panicked\"}} 0"),
            "# TYPE thumbnailify_handler_duration_seconds histogram".to_owned(),
            format!("thumbnailify_handler_duration_seconds_bucket{{{PNG},le=\"0.001024\"}} 0"),
            format!("thumbnailify_handler_duration_seconds_bucket{{{PNG},le=\"0.002048\"}} 3"),
            format!("thumbnailify_handler_duration_seconds_bucket{{{PNG},le=\"+Inf\"}} 3"),
            format!("thumbnailify_handler_duration_seconds_sum{{{PNG}}} 0.0045"),
            format!("thumbnailify_handler_duration_seconds_count{{{PNG}}} 3"),
            format!("thumbnailify_handler_peak_memory_bytes{{{PNG}}} 1048576"),
        ],
    );
}

#[tokio::test]
async fn the_state_of_each_handler_is_measured() {
    let handlers = vec![
        ready_handler("png"),
        suspended_handler("jpeg"),
        failed_handler("gif"),
    ];
    let text = metrics_of(handlers).await;
    let jpeg = PNG.replace("png", "jpeg");
    assert_has(
        &text,
        &[
            format!("thumbnailify_handler_up{{{PNG},state=\"ready\"}} 1"),
            format!("thumbnailify_handler_up{{{jpeg},state=\"suspended\"}} 0"),
            "thumbnailify_handler_load_failures{file=\"gif\",kind=\"not-a-component\"} 1"
                .to_owned(),
        ],
    );
    assert!(!text.contains("handler=\"gif\""), "{text}");
}

#[tokio::test]
async fn a_file_that_fails_everywhere_is_counted_on_each_worker() {
    let api = TestApi::start().await;
    api.announce("worker-2", vec![failed_handler("gif")]).await;
    let failures = "thumbnailify_handler_load_failures{file=\"gif\",kind=\"not-a-component\"} 2";
    assert_has(&metrics(&api).await, &[failures.to_owned()]);
}

#[tokio::test]
async fn a_build_that_is_there_as_two_files_has_no_sample_twice() {
    let shadowed = HandlerSummary {
        origin: "copy.wasm".to_owned(),
        counters: runs(1, 1_000),
        state: HandlerState::Shadowed {
            reason: "the other comes first".to_owned(),
        },
        ..ready_handler("png")
    };
    let ready = HandlerSummary {
        counters: runs(2, 1_000),
        ..ready_handler("png")
    };
    let text = metrics_of(vec![ready, shadowed.clone(), shadowed]).await;
    let mut samples: Vec<_> = text
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .collect();
    samples.sort_unstable();
    let all = samples.len();
    samples.dedup_by_key(|(sample, _)| *sample);
    assert_eq!(samples.len(), all, "{text}");
    let completed = format!("thumbnailify_handler_jobs_total{{{PNG},outcome=\"completed\"}} 4");
    assert_has(&text, &[completed]);
}

#[tokio::test]
async fn no_name_of_a_file_can_break_the_text() {
    let mut handler = failed_handler("gif");
    handler.identity.name = "a\"} 1\nb\\".to_owned();
    let text = metrics_of(vec![handler]).await;
    let failures =
        r#"thumbnailify_handler_load_failures{file="a\"} 1\nb\\",kind="not-a-component"} 1"#;
    assert_has(&text, &[failures.to_owned()]);
}

#[tokio::test]
async fn each_metric_is_explained_before_its_samples_and_told_once() {
    let text = metrics_of(vec![ready_handler("png"), failed_handler("gif")]).await;
    let mut told = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split(' ').next().unwrap();
            assert!(!told.contains(&name), "{name} is told twice");
            let kind = lines.next().unwrap();
            assert!(kind.starts_with(&format!("# TYPE {name} ")), "{kind}");
            told.push(name);
        } else {
            let name = told.last().unwrap();
            assert!(line.starts_with(name), "{line} is not of {name}");
        }
    }
    assert!(text.ends_with('\n'));
}

#[tokio::test]
async fn what_needs_no_catalog_is_measured_without_it() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    breaker.fail("catalog.announced", Fault::Unavailable);
    let text = metrics(&api).await;
    let version = env!("CARGO_PKG_VERSION");
    assert_has(
        &text,
        &[format!(
            "thumbnailify_build_info{{version=\"{version}\"}} 1"
        )],
    );
    assert!(!text.contains("thumbnailify_handler"), "{text}");
}

#[tokio::test]
async fn a_store_that_does_not_answer_leaves_its_metrics_out_and_holds_up_nobody() {
    let breaker = Breaker::default();
    let config = Config::default();
    let api = TestApi::start_changed(config, |ports| breaker.in_front_of(ports)).await;
    let text = metrics(&api).await;
    assert!(text.contains("thumbnailify_queue_jobs{"), "{text}");
    assert!(text.contains("thumbnailify_oldest_open_image_age_seconds 0"));
    breaker.fail("queue.depth", Fault::Hang);
    breaker.fail("status.oldest_open", Fault::Unavailable);
    let text = metrics(&api).await;
    assert!(text.contains("thumbnailify_build_info"), "{text}");
    assert!(!text.contains("thumbnailify_queue_jobs"), "{text}");
    assert!(!text.contains("thumbnailify_oldest_open"), "{text}");
}
