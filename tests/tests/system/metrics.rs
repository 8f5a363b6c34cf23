//! What `/metrics` tells.

use reqwest::{Method, StatusCode};
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Client, Exposition, Stack, eventually};

on_every_backend!(
    an_upload_and_its_job_are_measured,
    a_handler_that_falls_over_is_measured_by_how,
    the_queue_is_measured_while_nobody_works_on_it,
);

const PNG: (&str, &str) = ("media_type", "image/png");

pub(crate) async fn metrics(client: &Client) -> Exposition {
    let answer = client.get("/metrics").await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    Exposition::read(&answer.text().await.unwrap())
}

/// Waits until a metric has a value, since a job is counted a moment after its status is final.
pub(crate) async fn becomes(client: &Client, name: &str, labels: &[(&str, &str)], value: f64) {
    eventually(&format!("{name}{labels:?} to be {value}"), async || {
        (metrics(client).await.sum(name, labels) == Some(value)).then_some(())
    })
    .await;
}

async fn an_upload_and_its_job_are_measured(backends: Backends) {
    let stack = Stack::start(backends).await;
    let (client, file) = (&stack.client, png(300, 200));
    let good = client.upload("image/png", &file).await;
    assert_eq!(client.outcome(&good).await.0, StatusCode::OK);
    let cut = client.upload("image/png", &file[..41]).await;
    assert_eq!(client.outcome(&cut).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(
        client.get("/nowhere/1").await.unwrap().status(),
        StatusCode::NOT_FOUND
    );

    let job = |outcome| [PNG, ("handler", "png"), ("outcome", outcome)];
    becomes(client, "thumbnailify_jobs_total", &job("completed"), 1.0).await;
    becomes(client, "thumbnailify_jobs_total", &job("error"), 1.0).await;
    let told = metrics(client).await;
    let bytes = (file.len() + 41) as f64;
    assert_eq!(
        told.sum("thumbnailify_upload_bytes_total", &[PNG]),
        Some(bytes)
    );
    assert_eq!(told.sum("thumbnailify_uploads_total", &[PNG]), Some(2.0));
    let posts = [("method", "POST"), ("route", "/images"), ("status", "202")];
    assert_eq!(
        told.sum("thumbnailify_http_requests_total", &posts),
        Some(2.0)
    );
    let unknown = [("route", "none"), ("status", "404")];
    assert_eq!(
        told.sum("thumbnailify_http_requests_total", &unknown),
        Some(1.0)
    );
    for (stage, count) in [
        ("queue_wait", 2.0),
        ("read", 2.0),
        ("sandbox", 2.0),
        ("finish", 1.0),
        ("store", 2.0),
    ] {
        let counted = told.sum("thumbnailify_job_stage_seconds_count", &[("stage", stage)]);
        assert_eq!(counted, Some(count), "{stage}");
    }
    let handler = [("handler", "png")];
    assert!(
        told.sum("thumbnailify_sandbox_cpu_seconds_total", &handler)
            .unwrap()
            > 0.0
    );
    assert_eq!(
        told.sum("thumbnailify_sandbox_peak_memory_bytes_count", &handler),
        Some(2.0)
    );
    assert_eq!(told.sum("thumbnailify_build_info", &[]), Some(1.0));
    assert_eq!(
        told.sum("thumbnailify_oldest_open_image_age_seconds", &[]),
        Some(0.0)
    );
    stack.stop().await;
}

async fn a_handler_that_falls_over_is_measured_by_how(backends: Backends) {
    let stack = Stack::start(backends).await;
    let upload = stack.client.upload("application/x-faulty", b"panic").await;
    stack.client.outcome(&upload).await;
    let panics = [("handler", "faulty"), ("kind", "panicked")];
    becomes(&stack.client, "thumbnailify_job_faults_total", &panics, 2.0).await;
    let failed = [("media_type", "application/x-faulty"), ("reason", "failed")];
    becomes(
        &stack.client,
        "thumbnailify_job_retries_total",
        &failed,
        1.0,
    )
    .await;
    stack.stop().await;
}

async fn the_queue_is_measured_while_nobody_works_on_it(backends: Backends) {
    let stack = Stack::start_with(backends, |settings| {
        settings.worker.slots = 1;
        settings.limits.deadline_ms = 600_000;
    })
    .await;
    let client = &stack.client;
    let hold = client.upload("application/x-faulty", b"loop").await;
    client.running(&hold).await;
    for _ in 0..3 {
        client.upload("image/png", &png(30, 20)).await;
    }
    let jobs = "thumbnailify_queue_jobs";
    becomes(client, jobs, &[("state", "waiting")], 3.0).await;
    becomes(client, jobs, &[("state", "leased")], 1.0).await;
    becomes(client, "thumbnailify_worker_busy_slots", &[], 1.0).await;
    let age = metrics(client)
        .await
        .sum("thumbnailify_oldest_open_image_age_seconds", &[]);
    assert!(age.unwrap() > 0.0);
    client.send(Method::DELETE, &hold.path).await;
    becomes(client, jobs, &[], 0.0).await;
    becomes(
        client,
        "thumbnailify_oldest_open_image_age_seconds",
        &[],
        0.0,
    )
    .await;
    stack.stop().await;
}
