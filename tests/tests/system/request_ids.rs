//! What ties the lines of different logs to one request.

use std::fs::{self, File};

use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_test_servers::Server;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Process, eventually};

use crate::metrics::{becomes, metrics};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

struct Logging {
    folder: TempDir,
    backends: Vec<String>,
    _servers: [Server; 2],
}

impl Logging {
    fn start() -> Self {
        let (mut nats, mut redis) = (Server::nats().unwrap(), Server::redis().unwrap());
        nats.start().unwrap();
        redis.start().unwrap();
        let (queue, status) = (nats.url(), redis.url());
        let backends = ["--queue", &queue, "--status", &status, "--media", "./media"];
        Self {
            backends: backends.map(str::to_owned).to_vec(),
            folder: tempfile::tempdir().unwrap(),
            _servers: [nats, redis],
        }
    }

    fn process(&self, role: &[&str], log: &str) -> Process {
        let log = File::create(self.folder.path().join(log)).unwrap();
        let backends = self.backends.iter().map(String::as_str);
        let arguments: Vec<_> = role.iter().copied().chain(backends).collect();
        Process::start_logging(PROGRAM, self.folder.path(), &arguments, log)
    }

    /// The lines of a log, each an object, that stand in a span with this value.
    fn lines(&self, log: &str, field: &str, value: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join(log)).unwrap();
        // The last line may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let lines = whole
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["span"][field] == value)
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_request_and_its_trace_are_in_the_log_of_the_worker() {
    let logging = Logging::start();
    let mut api = logging.process(&["api", "--listen", "127.0.0.1:0"], "api.log");
    let mut worker = logging.process(&["worker"], "worker.log");
    let (client, of_worker) = (api.client(), worker.client());
    client.ready().await;
    let traceparent = format!("00-{TRACE_ID}-00f067aa0ba902b7-01");
    let headers = [
        ("x-request-id", "my-request-1"),
        ("traceparent", &traceparent),
    ];
    let (upload, answered) = client
        .upload_as(&headers, "image/png", &png(300, 200))
        .await;
    assert_eq!(answered, "my-request-1");
    client.outcome(&upload).await;

    let id = upload.path.rsplit('/').next().unwrap();
    let line = eventually("the line of the job", async || {
        let lines = logging.lines("worker.log", "media.id", id);
        lines
            .into_iter()
            .find(|line| line["fields"]["outcome"] == "completed")
    })
    .await;
    assert_eq!(line["span"]["request_id"], "my-request-1", "{line}");
    assert_eq!(line["span"]["trace_id"], TRACE_ID, "{line}");
    let fields = &line["fields"];
    assert_eq!(
        (&fields["attempt"], &fields["handler"]),
        (&1.into(), &"png".into())
    );
    for time in [
        "duration",
        "queue_wait",
        "read",
        "sandbox",
        "finish",
        "store",
        "cpu",
    ] {
        let is_time = fields[format!("{time}_ms")]
            .as_f64()
            .is_some_and(|time| time >= 0.0);
        assert!(is_time, "{time}: {line}");
    }
    assert!(fields["memory_bytes"].as_u64() > Some(0), "{line}");
    let of_api = logging.lines("api.log", "request_id", "my-request-1");
    assert_eq!(of_api.len(), 1, "{of_api:?}");
    assert_eq!(of_api[0]["span"]["media.id"], *id);

    // The worker tells of its own work, and leaves what concerns all to the API.
    let completed = [("media_type", "image/png"), ("outcome", "completed")];
    becomes(&of_worker, "thumbnailify_jobs_total", &completed, 1.0).await;
    assert!(
        of_worker
            .get("/readyz")
            .await
            .unwrap()
            .status()
            .is_success()
    );
    assert!(of_worker.get("/livez").await.unwrap().status().is_success());
    assert_eq!(
        metrics(&of_worker)
            .await
            .sum("thumbnailify_queue_jobs", &[]),
        None
    );
    assert_eq!(
        metrics(&client).await.sum("thumbnailify_jobs_total", &[]),
        None
    );
    assert!(worker.terminate().success());
    assert!(api.terminate().success());
}
