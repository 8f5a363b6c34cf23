//! The disk of originals and thumbnails has no room left.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{Method, Response, StatusCode};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::Value;
use tempfile::TempDir;
use thumbnailify_tests::pictures::noise;
use thumbnailify_tests::{Backends, Client, Process, Upload, eventually};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thumbnailify-under-test");

/// One slot, which a handler can hold, and no room that is left on purpose.
const SETTINGS: &str = "
[worker]
slots = 1
lease_s = 3
[limits]
deadline_ms = 600_000
[disk]
reserve_percent = 0
reserve_mib = 0
";

/// How a disk becomes full.
#[derive(Clone, Copy)]
enum Disk {
    /// It is a file system of 256 KiB, which only the process sees, and which ends with it.
    Small,
    /// The process may not write files of more than a few bytes.
    Limited,
}

/// Something smaller than any picture or thumbnail of this test.
const FEW_BYTES: u64 = 256;

impl Disk {
    /// What the shell does before it becomes the program. Writing to /dev/null needs no room.
    fn script(self) -> &'static str {
        match self {
            Self::Small => {
                "mount -t tmpfs -o size=256k tmpfs media && exec \"$0\" \"$@\" 2>/dev/null"
            }
            Self::Limited => "trap '' XFSZ; exec \"$0\" \"$@\" 2>/dev/null",
        }
    }

    fn start(self, folder: &Path, backends: &[&str]) -> Process {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--media", "./media"];
        let program = ["-c", self.script(), PROGRAM];
        let arguments = [&program[..], &arguments, backends].concat();
        match self {
            Self::Small => {
                let arguments = [UNSHARE, &["sh"], &arguments].concat();
                Process::start("unshare", folder, &arguments)
            }
            Self::Limited => Process::start("sh", folder, &arguments),
        }
    }

    fn fill(self, process: &Process, media: &Path) {
        match self {
            Self::Small => {
                let mut filler = File::create(media.join("filler")).unwrap();
                for bytes in [4_096, 1] {
                    while filler.write_all(&vec![0; bytes]).is_ok() {}
                }
            }
            Self::Limited => limit(process, Some(FEW_BYTES)),
        }
    }

    fn make_room(self, process: &Process, media: &Path) {
        match self {
            Self::Small => fs::remove_file(media.join("filler")).unwrap(),
            Self::Limited => limit(process, None),
        }
    }
}

/// A place of its own for mounts, as root or as somebody who may become root there.
const UNSHARE: &[&str] = &["--mount", "--map-root-user"];

fn limit(process: &Process, bytes: Option<u64>) {
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    let pid = Pid::from_raw(process.id().cast_signed());
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

struct Full {
    disk: Disk,
    process: Process,
    client: Client,
    media: PathBuf,
    _folder: TempDir,
    _backends: Backends,
}

impl Full {
    async fn start(disk: Disk) -> Self {
        let backends = Backends::servers();
        let Backends::Servers { nats, redis } = &backends else {
            panic!("these are servers");
        };
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thumbnailify.toml"), SETTINGS).unwrap();
        fs::create_dir(folder.path().join("media")).unwrap();
        let handlers = folder.path().join("handlers");
        fs::create_dir(&handlers).unwrap();
        fs::write(handlers.join("faulty.wasm"), thumbnailify_bundle::FAULTY).unwrap();
        let (queue, status) = (nats.url(), redis.url());
        let servers = ["--queue", &queue, "--status", &status];
        let mut process = disk.start(folder.path(), &servers);
        let client = process.client();
        client.ready().await;
        // As the process sees it.
        let root = PathBuf::from(format!("/proc/{}/root", process.id()));
        let media = folder.path().join("media");
        Self {
            disk,
            process,
            client,
            media: root.join(media.strip_prefix("/").unwrap()),
            _folder: folder,
            _backends: backends,
        }
    }

    /// The slot is held, and the next upload waits for it.
    async fn hold(&self) -> Upload {
        let hold = self.client.upload("application/x-faulty", b"loop").await;
        self.client.running(&hold).await;
        hold
    }

    async fn delete(&self, upload: &Upload) {
        let deleted = self.client.send(Method::DELETE, &upload.path).await;
        assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    }

    async fn post(&self) -> Response {
        self.client.post_with("", "image/png", &noise(80, 60)).await
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(&self.media, &mut files);
        let others = ["filler", "system-id"].map(|name| Some(name.as_ref()));
        files.retain(|file| !others.contains(&file.file_name()));
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

async fn check_refused(answer: Response) {
    assert_eq!(answer.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["type"], "/problems/disk-full", "{problem}");
}

async fn check(disk: Disk) {
    let full = Full::start(disk).await;
    let hold = full.hold().await;
    let waiting = full.client.upload("image/png", &noise(120, 90)).await;
    let stored = full.files();
    assert_eq!(stored.len(), 2);
    full.disk.fill(&full.process, &full.media);
    check_refused(full.post().await).await;
    assert_eq!(full.files(), stored, "nothing is left of it");
    full.delete(&hold).await;
    let attempts = eventually("a worker to give the job back", async || {
        let status: Value = full.client.get(&waiting.path).await?.json().await.ok()?;
        let given_back = status["service"] == "worker" && status["phase"] != "running";
        given_back.then(|| status["attempts"].clone())
    })
    .await;
    assert_eq!(attempts, 0);
    assert_eq!(full.files().len(), 1, "the original waits");

    full.disk.make_room(&full.process, &full.media);
    let accepted = full.post().await;
    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    let (code, status) = full.client.outcome(&waiting).await;
    assert_eq!((code, &status["attempts"]), (StatusCode::OK, &1.into()));
    assert!(full.process.terminate().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_may_not_grow_refuse_uploads_and_cost_no_attempt() {
    check(Disk::Limited).await;
}

/// Where nobody may mount anything the test above has to do.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_uploads_and_costs_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let mut mounts = Command::new("unshare");
    mounts.args(UNSHARE).args(["mount", "-t", "tmpfs", "tmpfs"]);
    let mounts = mounts.arg(folder.path()).output();
    if mounts.is_ok_and(|mounted| mounted.status.success()) {
        check(Disk::Small).await;
    } else {
        println!("skipped: nothing can be mounted here");
    }
}
