//! What the client saw, a line of JSON for each request, for a program that checks what may never happen.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, ensure};
use thumbnailify_invariants::Entry;

/// Writes the lines, from a thread of its own, so that the disk holds up no journey.
#[derive(Clone, Debug)]
pub struct Journal {
    start: Instant,
    /// When `start` was, in microseconds since 1970 (UTC).
    start_us: u64,
    writings: Option<Sender<Writing>>,
    writer: Arc<Mutex<Option<JoinHandle<std::io::Result<()>>>>>,
}

/// What the thread is to do.
#[derive(Debug)]
enum Writing {
    Line(Vec<u8>),
    /// To put all lines before it into the file, and to say so.
    Flush(Sender<()>),
}

impl Journal {
    /// A journal that keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            start: Instant::now(),
            start_us: microseconds(since_1970.unwrap_or_default()),
            writings: None,
            writer: Arc::default(),
        }
    }

    /// A journal in a new file, or in the place of an old one.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn in_file(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("--log {}", path.display()))?;
        let (writings, receiver) = mpsc::channel();
        let writer = thread::spawn(move || {
            let mut file = BufWriter::new(file);
            for writing in receiver {
                match writing {
                    Writing::Line(line) => file.write_all(&line)?,
                    Writing::Flush(done) => {
                        file.flush()?;
                        // Nobody needs to hear it any more.
                        done.send(()).ok();
                    }
                }
            }
            file.flush()
        });
        Ok(Self {
            writings: Some(writings),
            writer: Arc::new(Mutex::new(Some(writer))),
            ..Self::none()
        })
    }

    /// Whether there is anybody to note for.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.writings.is_some()
    }

    /// The time in the journal's terms.
    #[must_use]
    pub fn time_us(&self, time: Instant) -> u64 {
        self.start_us + microseconds(time.saturating_duration_since(self.start))
    }

    /// Adds a line.
    pub fn note(&self, entry: &Entry<'_>) {
        let Some(writings) = &self.writings else {
            return;
        };
        if let Ok(mut line) = serde_json::to_vec(entry) {
            line.push(b'\n');
            // A writer that ended tells why at the end.
            writings.send(Writing::Line(line)).ok();
        }
    }

    /// Blocks until all that was noted is in the file.
    ///
    /// # Errors
    /// It cannot be written; [`Journal::close`] tells why.
    pub fn flush(&self) -> Result<()> {
        let Some(writings) = &self.writings else {
            return Ok(());
        };
        let (done, is_done) = mpsc::channel();
        let asked = writings.send(Writing::Flush(done)).is_ok();
        ensure!(asked && is_done.recv().is_ok(), "the log cannot be written");
        Ok(())
    }

    /// Waits until all lines are in the file. No clone may be left.
    ///
    /// # Errors
    /// They could not be written.
    pub fn close(mut self) -> Result<()> {
        self.writings = None;
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
