//! A whole installation as processes, as `just cluster` runs it.

use reqwest::StatusCode;
use thumbnailify_test_servers::{Cluster, ClusterPlan};
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Client, compile_cache};

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_goes_on_without_one_of_its_workers_and_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let plan = ClusterPlan {
        program: env!("CARGO_BIN_EXE_thumbnailify-under-test").into(),
        folder: folder.path().to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        workers: 2,
        arguments: vec!["--cache".into(), compile_cache().into()],
    };
    let mut cluster = tokio::task::spawn_blocking(move || Cluster::start(&plan))
        .await
        .unwrap()
        .unwrap();
    let address = cluster.url.strip_prefix("http://").unwrap();
    let client = Client::new(address.parse().unwrap());
    cluster.workers[0].kill().unwrap();
    let upload = client.upload("image/png", &png(160, 120)).await;
    let (code, status) = client.outcome(&upload).await;
    assert_eq!(code, StatusCode::OK, "{status}");
    cluster.workers[0].start().unwrap();
    let stopped = tokio::task::spawn_blocking(move || cluster.stop());
    stopped.await.unwrap().unwrap();
}
