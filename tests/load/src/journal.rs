//! What the client saw, a line of JSON for each request, for a program that checks what may never happen.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use serde::Serialize;

/// Writes the lines, from a thread of its own, so that the disk holds up no journey.
#[derive(Clone, Debug)]
pub struct Journal {
    start: Instant,
    /// When `start` was, in microseconds since 1970 (UTC).
    start_us: u64,
    lines: Option<Sender<Vec<u8>>>,
    writer: Arc<Mutex<Option<JoinHandle<std::io::Result<()>>>>>,
}

/// One request and its answer, as the client saw them.
#[derive(Clone, Default, Debug, Serialize)]
pub struct Entry<'a> {
    /// When it was sent, in microseconds since 1970 (UTC), by a clock that never goes back in a run.
    pub sent_us: u64,
    /// When its answer was there or given up.
    pub answered_us: u64,
    /// What was asked for: `upload`, `status`, `thumbnail`, `delete`, `list`, `store`, `publish`.
    pub operation: &'a str,
    /// The medium, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_id: Option<&'a str>,
    /// The HTTP code of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The state that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// The phase that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'a str>,
    /// The version of the status that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The number of attempts that the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// When the status was written last, as the answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<&'a str>,
    /// The class of failure, where there is no answer or a wrong one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Journal {
    /// A journal that keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            start: Instant::now(),
            start_us: microseconds(since_1970.unwrap_or_default()),
            lines: None,
            writer: Arc::default(),
        }
    }

    /// A journal in a new file, or in the place of an old one.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn in_file(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("--log {}", path.display()))?;
        let (lines, receiver) = mpsc::channel::<Vec<u8>>();
        let writer = thread::spawn(move || {
            let mut file = BufWriter::new(file);
            for line in receiver {
                file.write_all(&line)?;
            }
            file.flush()
        });
        Ok(Self {
            lines: Some(lines),
            writer: Arc::new(Mutex::new(Some(writer))),
            ..Self::none()
        })
    }

    /// Whether there is anybody to note for.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.lines.is_some()
    }

    /// The time in the journal's terms.
    #[must_use]
    pub fn time_us(&self, time: Instant) -> u64 {
        self.start_us + microseconds(time.saturating_duration_since(self.start))
    }

    /// Adds a line.
    pub fn note(&self, entry: &Entry<'_>) {
        let Some(lines) = &self.lines else { return };
        if let Ok(mut line) = serde_json::to_vec(entry) {
            line.push(b'\n');
            // A writer that ended tells why at the end.
            lines.send(line).ok();
        }
    }

    /// Waits until all lines are in the file. No clone may be left.
    ///
    /// # Errors
    /// They could not be written.
    pub fn close(mut self) -> Result<()> {
        self.lines = None;
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = writer.take() else {
            return Ok(());
        };
        let written = writer
            .join()
            .map_err(|_panic| anyhow!("the log broke down"))?;
        written.context("the log could not be written")
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
