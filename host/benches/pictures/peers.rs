use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use thumbnailify_host::picture::Format;

use crate::cases::{Case, Kind};
use crate::quality::Pixels;

const SCRIPT: &str = include_str!("peers.py");

/// The programs that are compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    Libvips,
    Pillow,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Libvips => "libvips",
            Self::Pillow => "pillow",
        }
    }
}

/// What a thumbnail took.
#[derive(Debug)]
pub(crate) struct Cost {
    pub(crate) cpu: Duration,
    pub(crate) thumbnail_bytes: usize,
}

/// A process that has both libraries and makes thumbnails on demand.
#[derive(Debug)]
pub(crate) struct Peers {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    python: PathBuf,
}

impl Peers {
    /// Starts the process.
    pub(crate) fn start(python: &Path) -> Result<Self> {
        let mut process = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{}: scripts/bench brings it", python.display()))?;
        let requests = process.stdin.take().context("no pipe to the peers")?;
        let answers = process.stdout.take().context("no pipe from the peers")?;
        Ok(Self {
            process,
            requests,
            answers: BufReader::new(answers),
            python: python.to_owned(),
        })
    }

    /// Their names and versions.
    pub(crate) fn versions(&mut self) -> Result<String> {
        self.ask(&["versions"])
    }

    /// Makes a thumbnail.
    pub(crate) fn run(&mut self, peer: Peer, file: &Path, case: &Case) -> Result<Cost> {
        let path = file.display().to_string();
        let answer = self.ask(&["run", peer.name(), frames(case), format(case), &path])?;
        let [nanoseconds, thumbnail_bytes] = numbers(&answer)?;
        Ok(Cost {
            cpu: Duration::from_nanos(nanoseconds),
            thumbnail_bytes: thumbnail_bytes.try_into()?,
        })
    }

    /// The first frame of a thumbnail before it is encoded.
    pub(crate) fn pixels(&mut self, peer: Peer, file: &Path, case: &Case) -> Result<Pixels> {
        let path = file.display().to_string();
        self.ask_pixels(&["pixels", peer.name(), frames(case), &path])
    }

    /// The first frame, decoded whole and resized by Lanczos.
    pub(crate) fn reference(&mut self, file: &Path, width: u32, height: u32) -> Result<Pixels> {
        let path = file.display().to_string();
        self.ask_pixels(&["reference", &width.to_string(), &height.to_string(), &path])
    }

    /// By how many bytes a process of its own grows at most while it makes a thumbnail.
    pub(crate) fn memory(&self, peer: Peer, file: &Path, case: &Case) -> Result<u64> {
        let path = file.display().to_string();
        let words = ["memory", peer.name(), frames(case), format(case), &path];
        let answer = Self::start(&self.python)?.ask(&words)?;
        let [bytes] = numbers(&answer)?;
        Ok(bytes)
    }

    fn ask(&mut self, words: &[&str]) -> Result<String> {
        writeln!(self.requests, "{}", words.join("\t"))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        ensure!(!answer.is_empty(), "the peers failed");
        Ok(answer.trim_end().to_owned())
    }

    fn ask_pixels(&mut self, words: &[&str]) -> Result<Pixels> {
        let [width, height]: [u32; 2] = numbers(&self.ask(words)?)?;
        let mut rgba = vec![0; usize::try_from(width * height * 4)?];
        self.answers.read_exact(&mut rgba)?;
        Ok(Pixels {
            width,
            height,
            rgba,
        })
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nobody to tell.
        let _ended = self.process.kill();
        let _status = self.process.wait();
    }
}

fn frames(case: &Case) -> &'static str {
    match case.kind {
        Kind::MovingGif => "all",
        _ => "1",
    }
}

fn format(case: &Case) -> &'static str {
    match case.format() {
        Format::Jpeg => "JPEG",
        Format::Png => "PNG",
        Format::Gif => "GIF",
        Format::Webp => "WEBP",
    }
}

fn numbers<T: FromStr, const COUNT: usize>(answer: &str) -> Result<[T; COUNT]> {
    let numbers: Result<Vec<T>, _> = answer.split('\t').map(str::parse).collect();
    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    numbers.with_context(|| format!("the peers answered {answer}"))
}
