use super::damage::damage;
use crate::Handler;
use crate::conformance::case::Case;
use crate::conformance::corpus::Corpus;
use crate::conformance::row::Rows;
use crate::conformance::rules;
use crate::sandbox::types::{Fit, Size};
use crate::untrusted_text::one_line;

/// What is shown of a refusal.
const REFUSAL_MAX_CHARS: usize = 120;
const GOOD_FILES: &str = "good files";
/// What needs files that can be tried.
const OF_FILES: [&str; 6] = [
    "size of the raster",
    "other boxes",
    "one frame",
    "same again",
    "cut files",
    "flipped bits",
];

/// Checks what a handler makes of files of its types, whole and damaged.
pub(in crate::conformance) fn corpus(rows: &mut Rows<'_>, corpus: Option<&Corpus>) {
    let Some(corpus) = corpus else {
        rows.skipped(
            GOOD_FILES,
            "there are no files to try: name a folder with --corpus",
        );
        return skip_rest(rows, "");
    };
    match files(corpus, rows.handler()) {
        Ok(files) => whole_and_damaged(rows, &files),
        // Whoever names files wants them tried.
        Err(problem) => {
            rows.once(GOOD_FILES, Err(problem));
            skip_rest(rows, "there are no files to try");
        }
    }
}

fn files(corpus: &Corpus, handler: &Handler) -> Result<Vec<Case>, String> {
    let files = corpus.files(handler.media_types());
    let files = files.map_err(|error| format!("the corpus cannot be read: {error}"))?;
    if files.is_empty() {
        return Err("no file of the corpus has an extension that it declares".into());
    }
    Ok(files)
}

fn whole_and_damaged(rows: &mut Rows<'_>, files: &[Case]) {
    good_files(rows, files);
    sizes(rows, files);
    boxes(rows, files);
    one_frame(rows, files);
    same_again(rows, files);
    damage(rows, files);
}

fn skip_rest(rows: &mut Rows<'_>, why: &str) {
    for name in OF_FILES {
        rows.skipped(name, why);
    }
}

/// The files as they are, and with all their frames.
fn still_and_moving(rows: &Rows<'_>, files: &[Case]) -> Vec<Case> {
    let frames_max = rows.handler().limits().frames;
    let moving = files
        .iter()
        .cloned()
        .map(|file| file.asking("all frames", |request| request.max_frames = frames_max));
    files.iter().cloned().chain(moving).collect()
}

/// Each file gives a picture or a clean refusal.
fn good_files(rows: &mut Rows<'_>, files: &[Case]) {
    let cases = still_and_moving(rows, files);
    let (mut pictures, mut refusals, mut last_words) = (0, 0, String::new());
    rows.check(GOOD_FILES, cases, |runner, case| {
        match runner.run(case)? {
            Ok(_picture) => pictures += 1,
            Err(refusal) => {
                refusals += 1;
                last_words = format!(", such as {refusal:?}");
            }
        }
        Ok(())
    });
    let last_words = one_line(&last_words, REFUSAL_MAX_CHARS);
    rows.add_detail(&format!(
        "{pictures} pictures, {refusals} refusals{last_words}"
    ));
}

fn sizes(rows: &mut Rows<'_>, files: &[Case]) {
    let cases = still_and_moving(rows, files);
    rows.check("size of the raster", cases, |runner, case| {
        let answer = runner.run(case)?;
        answer.map_or(Ok(()), |picture| rules::good(&picture, &case.request))
    });
}

/// Other boxes and ways to fill them.
fn boxes(rows: &mut Rows<'_>, files: &[Case]) {
    let sides = [(1, 1), (16, 16), (1000, 50), (50, 1000), (4096, 4096)];
    let fits = [
        (Fit::Contain, "contain"),
        (Fit::Cover, "cover"),
        (Fit::Fill, "fill"),
    ];
    let wanted: Vec<_> = sides
        .iter()
        .flat_map(|sides| fits.map(|fit| (*sides, fit)))
        .collect();
    let cases = files.iter().flat_map(|file| {
        wanted.iter().map(|((width, height), (fit, name))| {
            let what = format!("{name} in {width}x{height}");
            file.clone().asking(&what, |request| {
                request.target = Size {
                    width: *width,
                    height: *height,
                };
                request.fit = *fit;
            })
        })
    });
    rows.check("other boxes", cases, |runner, case| {
        let answer = runner.run(case)?;
        answer.map_or(Ok(()), |picture| rules::good(&picture, &case.request))
    });
}

fn one_frame(rows: &mut Rows<'_>, files: &[Case]) {
    rows.check("one frame", files.iter().cloned(), |runner, case| {
        let answer = runner.run(case)?;
        answer.map_or(Ok(()), |picture| rules::still(&picture))
    });
}

/// A handler is a pure function: the same upload gives the same answer.
fn same_again(rows: &mut Rows<'_>, files: &[Case]) {
    rows.check("same again", files.iter().cloned(), |runner, case| {
        let first = runner.run(case)?;
        let second = runner.run(case)?;
        match (first, second) {
            (Ok(first), Ok(second)) if first == second => Ok(()),
            (Err(first), Err(second)) if first == second => Ok(()),
            _ => Err("it answers otherwise when it is asked again".to_owned()),
        }
    });
}
