use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use thumbnailify_test_servers::Cluster;

/// The file `cluster.json`, which tells other programs where the cluster is while it runs.
pub(crate) struct Description {
    path: PathBuf,
}

impl Description {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join("cluster.json"),
        }
    }

    /// Writes the file, and returns the same as text for people.
    pub(crate) fn write(&self, cluster: &mut Cluster) -> Result<String> {
        let mut text = String::new();
        let mut processes = Vec::new();
        for (name, node) in cluster.nodes() {
            let pid = node.pid().context("a process ended at once")?;
            writeln!(text, "{name:<10} pid {pid:<8} log {}", node.log().display())?;
            processes.push(json!({"name": name, "pid": pid}));
        }
        let file = json!({
            "api": cluster.url,
            "nats": cluster.nats.url(),
            "redis": cluster.redis.url(),
            "media": cluster.media,
            "processes": processes,
        });
        fs::write(&self.path, serde_json::to_vec_pretty(&file)?)
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        write!(
            text,
            "nats at {}, redis at {}; all of this is in {}\nlistening on {}; Ctrl-C stops everything",
            cluster.nats.url(),
            cluster.redis.url(),
            self.path.display(),
            cluster.url
        )?;
        Ok(text)
    }

    /// Takes the file away, so that nobody looks for processes that have ended.
    pub(crate) fn remove(&self) {
        // A file that somebody else removed is as good.
        fs::remove_file(&self.path).ok();
    }
}
