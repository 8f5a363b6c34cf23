//! Each file of `tests/reference` becomes the thumbnail that others made of it, or is refused as it should be.
//!
//! All files are tried before the test fails, and its message has a line for each that is not as it should be.

mod difference;
mod seen;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, bail, ensure};
use reqwest::StatusCode;
use thumbnailify_tests::{Backends, Stack};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};

use difference::difference;
use seen::Seen;
use table::{Expected, Row, folder};

/// So many uploads are under way at a time.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_file_becomes_the_thumbnail_that_others_make_of_it() {
    let stack = Rc::new(Stack::start(Backends::Embedded).await);
    let rows = table::rows();
    let count = rows.len();
    let problems = LocalSet::new().run_until(problems(&stack, rows)).await;
    assert!(
        problems.is_empty(),
        "{} of {count} are not as they should be; what came out is in {}\n{}",
        problems.len(),
        outbox().display(),
        problems.join("\n")
    );
    Rc::into_inner(stack).unwrap().stop().await;
}

/// Checks all rows, some of them at the same time, and gives a line for each that is wrong, in their order.
async fn problems(stack: &Rc<Stack>, rows: Vec<Row>) -> Vec<String> {
    let turns = Rc::new(Semaphore::new(AT_ONCE));
    let mut checks = JoinSet::new();
    for (number, row) in rows.into_iter().enumerate() {
        let (stack, turns) = (Rc::clone(stack), Rc::clone(&turns));
        checks.spawn_local(async move {
            let _turn = turns.acquire().await.unwrap();
            let problem = check(&stack, &row).await.err()?;
            Some((number, line(&row, &problem)))
        });
    }
    let mut found: Vec<_> = checks.join_all().await.into_iter().flatten().collect();
    found.sort();
    found.into_iter().map(|(_, problem)| problem).collect()
}

#[test]
fn every_reference_file_is_in_the_table() {
    let rows = table::rows();
    let mut known: Vec<_> = rows.iter().map(|row| row.file.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let files = fs::read_dir(folder().join("files")).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, known);
}

fn line(row: &Row, problem: &anyhow::Error) -> String {
    let Row {
        file,
        options,
        note,
        ..
    } = row;
    format!("{file} {options} ({note}): {problem:#}")
}

/// Where the thumbnails are kept that differ.
fn outbox() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference")
}

async fn check(stack: &Stack, row: &Row) -> anyhow::Result<()> {
    let file = fs::read(folder().join("files").join(&row.file))?;
    // A thumbnail is to be compared without what its own coding adds.
    let options = match row.content_type.as_str() {
        "image/jpeg" => format!("{}&quality=100", row.options),
        _ => row.options.clone(),
    };
    let client = &stack.client;
    let upload = client.upload_with(&options, &row.content_type, &file);
    let upload = upload.await;
    let (code, status) = client.outcome(&upload).await;
    if status["state"] != "Completed" {
        ensure!(status["fault"].is_null(), "{}", status["message"]);
        return refusal(row.expected, code).with_context(|| status["message"].to_string());
    }
    ensure!(row.expected.may_be_thumbnail(), "it has a thumbnail");
    let (_, thumbnail) = client.thumbnail(&upload).await;
    let compared = compare(row, &thumbnail);
    if compared.is_err() {
        fs::create_dir_all(outbox())?;
        let name = [row.file.as_str(), &row.options]
            .join("-")
            .replace('&', "-");
        fs::write(outbox().join(name), &thumbnail)?;
    }
    compared
}

/// Says whether a file may be refused with this code of the API.
fn refusal(expected: Expected, code: StatusCode) -> anyhow::Result<()> {
    let is_malformed = code == StatusCode::BAD_REQUEST;
    let is_unsupported = code == StatusCode::UNPROCESSABLE_ENTITY;
    let allowed = match expected {
        Expected::Thumbnail => false,
        Expected::Malformed => is_malformed,
        Expected::Unsupported | Expected::IfSupported => is_unsupported,
        Expected::Refused | Expected::Either => is_malformed || is_unsupported,
    };
    ensure!(allowed, "it is refused with {code}");
    Ok(())
}

fn compare(row: &Row, thumbnail: &[u8]) -> anyhow::Result<()> {
    let seen = Seen::of(thumbnail)?;
    if let Some(size) = row.size {
        ensure!(
            seen.size() == size,
            "the size is {:?}, not {size:?}",
            seen.size()
        );
    }
    let Some(reference) = &row.reference else {
        return Ok(());
    };
    let reference = image::open(folder().join("thumbnails").join(reference))?.to_rgba8();
    if row.delays_ms.is_empty() {
        ensure!(
            seen.frames.len() == 1,
            "it has {} frames",
            seen.frames.len()
        );
        return close_enough(&seen.frames[0].0, &reference, row.tolerance);
    }
    let length: u32 = row.delays_ms.iter().sum();
    ensure!(
        seen.length_ms().abs_diff(length) < 10,
        "it takes {} ms, not {length} ms",
        seen.length_ms()
    );
    ensure!(
        seen.loops == row.loops,
        "it is played {}, not {}",
        seen.loops,
        row.loops
    );
    let (width, height) = seen.size();
    let mut start_ms = 0;
    for (number, delay_ms) in (0..).zip(&row.delays_ms) {
        let wanted = image::imageops::crop_imm(&reference, 0, number * height, width, height);
        let Some(frame) = seen.at(start_ms + delay_ms / 2) else {
            bail!("nothing is shown in the time of frame {number}");
        };
        close_enough(frame, &wanted.to_image(), row.tolerance)
            .with_context(|| format!("frame {number}"))?;
        start_ms += delay_ms;
    }
    Ok(())
}

fn close_enough(
    seen: &image::RgbaImage,
    wanted: &image::RgbaImage,
    tolerance: f64,
) -> anyhow::Result<()> {
    let found = difference(seen, wanted)?;
    ensure!(
        found.mean <= tolerance,
        "the mean difference is {:.2}, not below {tolerance}",
        found.mean
    );
    ensure!(
        found.worst_tile <= tolerance * difference::TILE_ALLOWANCE,
        "the mean difference is {:.2} at {:?}, not below {}",
        found.worst_tile,
        found.worst_at,
        tolerance * difference::TILE_ALLOWANCE
    );
    Ok(())
}
