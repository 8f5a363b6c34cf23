use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;

use thumbnailify_tests::sandboxed::{BuiltIn, MANY_FRAMES};
use tokio::task::JoinSet;

use super::mutation::{mutated, with_right_checksums};
use super::noise::Noise;
use super::seeds::{Seed, seeds};

/// Every run of a test makes the same files.
const SEED: u64 = 5;
const MUTATIONS: usize = 10_000;
/// Of long files, every file that ends after a multiple of so many bytes is tried.
const STEP_BYTES: usize = 1_000;
/// Files up to this length are cut after each byte.
const SHORT_BYTES: usize = 420;

/// What one damaged file may take: its header may claim any size.
const MEMORY_MIB: u64 = 256;
const CPU_MS: u64 = 8_000;

/// A damaged file.
struct Case {
    name: String,
    file: Arc<[u8]>,
    max_frames: u32,
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_mutated_png_files_do_no_harm() {
    check("png", "png", mutation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_mutated_jpeg_files_do_no_harm() {
    check("jpeg", "jpg", mutation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_mutated_gif_files_do_no_harm() {
    check("gif", "gif", mutation).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn png_files_that_end_too_early_do_no_harm() {
    check("png", "png", cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jpeg_files_that_end_too_early_do_no_harm() {
    check("jpeg", "jpg", cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gif_files_that_end_too_early_do_no_harm() {
    check("gif", "gif", cut).await;
}

/// The mutation of this number.
fn mutation(seeds: &[Seed], number: usize) -> Option<Case> {
    if number >= MUTATIONS {
        return None;
    }
    let mut noise = Noise::new(SEED << 32 | u64::try_from(number).unwrap());
    let Seed { name, bytes } = &seeds[noise.below(seeds.len())];
    let file = mutated(bytes, &mut noise);
    // Half of the files of a format with checksums get further than those.
    let file = match number % 2 {
        0 if name.ends_with(".png") => with_right_checksums(file),
        _ => file,
    };
    Some(Case {
        name: format!("mutation {number} (seed {SEED}) of {name}"),
        file: file.into(),
        max_frames: [1, MANY_FRAMES][noise.below(2)],
    })
}

/// The cut of this number, over all files.
fn cut(seeds: &[Seed], number: usize) -> Option<Case> {
    let cuts = seeds.iter().flat_map(|seed| {
        let step = if seed.bytes.len() <= SHORT_BYTES {
            1
        } else {
            STEP_BYTES
        };
        (0..seed.bytes.len())
            .step_by(step)
            .map(move |length| (seed, length))
    });
    let (Seed { name, bytes }, length) = cuts.into_iter().nth(number)?;
    Some(Case {
        name: format!("{name} cut to {length} bytes"),
        file: bytes[..length].into(),
        max_frames: [1, MANY_FRAMES][number % 2],
    })
}

/// Tries all cases on all cores, and fails with all that did harm.
async fn check(handler: &'static str, extension: &str, case: fn(&[Seed], usize) -> Option<Case>) {
    let seeds: Arc<[Seed]> = seeds(extension).into();
    let loaded = tokio::task::spawn_blocking(move || BuiltIn::load(handler));
    let built_in = loaded.await.unwrap();
    let workers = available_parallelism().unwrap().get();
    let mut work = JoinSet::new();
    for worker in 0..workers {
        let (seeds, built_in) = (Arc::clone(&seeds), built_in.clone());
        work.spawn_blocking(move || {
            let cases = (worker..)
                .step_by(workers)
                .map_while(|number| case(&seeds, number));
            cases.map(|case| harm(&built_in, &case)).collect::<Tally>()
        });
    }
    let tally: Tally = work.join_all().await.into_iter().collect();
    tally.assert_harmless();
}

/// What came of cases.
#[derive(Default)]
struct Tally {
    pictures: usize,
    refusals: usize,
    memory_mib: u64,
    cpu_ms: u64,
    harms: Vec<String>,
}

impl Tally {
    fn assert_harmless(&self) {
        let Self {
            pictures,
            refusals,
            memory_mib,
            cpu_ms,
            harms,
        } = self;
        eprintln!(
            "{pictures} pictures, {refusals} refusals, at most {memory_mib} MiB and {cpu_ms} ms of CPU"
        );
        assert!(
            harms.is_empty(),
            "{} files did harm; they are in {}\n{}",
            harms.len(),
            outbox().display(),
            harms.join("\n")
        );
        assert!(
            *pictures > 0 && *refusals > 0,
            "the damage is not what it was meant to be"
        );
    }
}

impl FromIterator<Self> for Tally {
    fn from_iter<I: IntoIterator<Item = Self>>(tallies: I) -> Self {
        tallies
            .into_iter()
            .fold(Self::default(), |sum, tally| Self {
                pictures: sum.pictures + tally.pictures,
                refusals: sum.refusals + tally.refusals,
                memory_mib: sum.memory_mib.max(tally.memory_mib),
                cpu_ms: sum.cpu_ms.max(tally.cpu_ms),
                harms: [sum.harms, tally.harms].concat(),
            })
    }
}

fn harm(built_in: &BuiltIn, case: &Case) -> Tally {
    let mut tally = Tally::default();
    match built_in.render(&case.file, case.max_frames) {
        Ok(run) => {
            tally.memory_mib = run.memory_mib;
            tally.cpu_ms = run.cpu_ms;
            match run.answer {
                Ok(_picture) => tally.pictures = 1,
                Err(_refusal) => tally.refusals = 1,
            }
            if run.memory_mib > MEMORY_MIB || run.cpu_ms > CPU_MS {
                let took = format!("it took {} MiB and {} ms", run.memory_mib, run.cpu_ms);
                tally.harms.push(kept(case, &took));
            }
        }
        Err(fault) => tally.harms.push(kept(case, &fault)),
    }
    tally
}

fn outbox() -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile")
}

/// Keeps the file, and says where it came from.
fn kept(case: &Case, harm: &str) -> String {
    fs::create_dir_all(outbox()).unwrap();
    let name = case.name.replace(' ', "-");
    fs::write(outbox().join(name), &case.file).unwrap();
    format!("{}, {} frames at most: {harm}", case.name, case.max_frames)
}
