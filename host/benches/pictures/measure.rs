use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};

use crate::arguments::Arguments;
use crate::cases::Case;
use crate::finish::{Thumbnail, finish};
use crate::native;
use crate::peers::{Peer, Peers};
use crate::quality::Pixels;
use crate::sandboxed::Sandboxed;

/// How often a picture is measured, where its time allows.
const ROUNDS_MAX: usize = 101;
/// How often a picture is measured, however long it takes.
const ROUNDS_MIN: usize = 5;

/// All that make thumbnails, ready to be measured.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    arguments: &'a Arguments,
    sandboxed: Sandboxed,
    peers: Peers,
}

/// What one of them needed for a picture, and how good it was.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    /// The median, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// The most memory beside the upload, in MiB. The sandbox has the windows to the upload in it.
    pub(crate) memory_mib: f64,
    /// Of the thumbnail before it is encoded, in dB against a full decode and Lanczos.
    pub(crate) psnr_db: f64,
    /// The encoded thumbnail, in KiB.
    pub(crate) thumbnail_kib: f64,
}

/// The figures of a picture.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) case: &'static Case,
    pub(crate) upload_kib: f64,
    pub(crate) rounds: usize,
    pub(crate) sandboxed: Figures,
    /// In milliseconds; all else is as in the sandbox.
    pub(crate) native_cpu_ms: f64,
    pub(crate) libvips: Figures,
    pub(crate) pillow: Figures,
}

impl<'a> Bench<'a> {
    /// Compiles the handlers and starts the peers.
    pub(crate) fn start(arguments: &'a Arguments) -> Result<Self> {
        Ok(Self {
            arguments,
            sandboxed: Sandboxed::start(&arguments.components)?,
            peers: Peers::start(&arguments.python())?,
        })
    }

    /// Names and versions of the peers.
    pub(crate) fn versions(&mut self) -> Result<String> {
        self.peers.versions()
    }

    /// Measures everything about one picture.
    pub(crate) fn measure(&mut self, case: &'static Case) -> Result<Row> {
        let file = self.arguments.picture(case);
        let upload = fs::read(&file)
            .with_context(|| format!("{}: scripts/bench brings it", file.display()))?;
        let upload: Arc<[u8]> = upload.into();
        let mut row = Row {
            case,
            upload_kib: kib(upload.len()),
            rounds: 0,
            sandboxed: self.sandboxed(&upload, &file, case)?,
            native_cpu_ms: 0.0,
            libvips: self.peer(Peer::Libvips, &file, case)?,
            pillow: self.peer(Peer::Pillow, &file, case)?,
        };
        self.take_turns(&mut row, &upload, &file)?;
        Ok(row)
    }

    /// What does not vary, measured once. It warms up as well.
    fn sandboxed(&mut self, upload: &Arc<[u8]>, file: &Path, case: &Case) -> Result<Figures> {
        let rendered = self.sandboxed.render(upload, case)?;
        let thumbnail = finish(rendered.picture, case)?;
        Ok(Figures {
            cpu_ms: 0.0,
            memory_mib: mib(rendered.peak_memory_bytes),
            psnr_db: self.psnr(&Pixels::of(&thumbnail.raster), file)?,
            thumbnail_kib: kib(thumbnail.bytes.len()),
        })
    }

    fn peer(&mut self, peer: Peer, file: &Path, case: &Case) -> Result<Figures> {
        let pixels = self.peers.pixels(peer, file, case)?;
        let cost = self.peers.run(peer, file, case)?;
        Ok(Figures {
            cpu_ms: 0.0,
            memory_mib: mib(self.peers.memory(peer, file, case)?),
            psnr_db: self.psnr(&pixels, file)?,
            thumbnail_kib: kib(cost.thumbnail_bytes),
        })
    }

    fn psnr(&mut self, pixels: &Pixels, file: &Path) -> Result<f64> {
        let reference = self.peers.reference(file, pixels.width, pixels.height)?;
        pixels.psnr(&reference)
    }

    /// Measures the CPU time. Each takes its turn in each round, so that what else the machine does meets all.
    fn take_turns(&mut self, row: &mut Row, upload: &Arc<[u8]>, file: &Path) -> Result<()> {
        let case = row.case;
        let mut times: [Vec<Duration>; 4] = Default::default();
        let started = Instant::now();
        while !self.is_enough(times[0].len(), started.elapsed()) {
            let libvips = self.peers.run(Peer::Libvips, file, case)?;
            let sandboxed = cpu_of(|| finish(self.sandboxed.render(upload, case)?.picture, case))?;
            let pillow = self.peers.run(Peer::Pillow, file, case)?;
            let native = cpu_of(|| finish(native::render(upload, case)?, case))?;
            let round = [sandboxed, native, libvips.cpu, pillow.cpu];
            for (times, time) in times.iter_mut().zip(round) {
                times.push(time);
            }
        }
        row.rounds = times[0].len();
        [
            row.sandboxed.cpu_ms,
            row.native_cpu_ms,
            row.libvips.cpu_ms,
            row.pillow.cpu_ms,
        ] = times.map(median_ms);
        Ok(())
    }

    fn is_enough(&self, rounds: usize, elapsed: Duration) -> bool {
        self.arguments.repeats.map_or_else(
            || {
                let is_late = elapsed >= self.arguments.per_case;
                rounds >= ROUNDS_MAX || (is_late && rounds >= ROUNDS_MIN)
            },
            |repeats| rounds >= repeats.max(1),
        )
    }
}

/// CPU time of this thread, which is the only one that a call needs.
fn cpu_of(make: impl FnOnce() -> Result<Thumbnail>) -> Result<Duration> {
    let before = thread_cpu_time();
    drop(make()?);
    Ok(thread_cpu_time().saturating_sub(before))
}

fn thread_cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap_or(0),
        time.tv_nsec.try_into().unwrap_or(0),
    )
}

fn median_ms(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
