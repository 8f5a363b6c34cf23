use super::damage::damage;
use crate::conformance::case::Case;
use crate::conformance::corpus::Corpus;
use crate::conformance::row::Rows;
use crate::conformance::rules;
use crate::sandbox::types::{Fit, Size};

const CHECKS: [&str; 7] = [
    "good files",
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
        return skip(
            rows,
            "there are no files to try: name a folder with --corpus",
        );
    };
    let files = match corpus.files(rows.handler().media_types()) {
        Ok(files) if files.is_empty() => {
            return skip(
                rows,
                "no file of the corpus has an extension that it declares",
            );
        }
        Ok(files) => files,
        Err(error) => return skip(rows, &format!("the corpus cannot be read: {error}")),
    };
    good_files(rows, &files);
    sizes(rows, &files);
    boxes(rows, &files);
    one_frame(rows, &files);
    same_again(rows, &files);
    damage(rows, &files);
}

fn skip(rows: &mut Rows<'_>, why: &str) {
    for name in CHECKS {
        rows.skipped(name, why);
    }
}

/// Each file gives a picture or a clean refusal, and at least one of them a picture.
fn good_files(rows: &mut Rows<'_>, files: &[Case]) {
    let frames_max = rows.handler().limits().frames;
    let files = files.iter().cloned();
    let moving =
        files.map(|file| file.asking("all frames", |request| request.max_frames = frames_max));
    let (mut pictures, mut refusals, mut last_words) = (0, 0, String::new());
    rows.check("good files", moving, |runner, case| {
        match runner.run(case)? {
            Ok(picture) => {
                pictures += 1;
                rules::good(&picture, &case.request)?;
            }
            Err(refusal) => {
                refusals += 1;
                last_words = format!(" (such as: {refusal:?})");
            }
        }
        Ok(())
    });
    rows.add_detail(&format!(
        "{pictures} pictures, {refusals} refusals{last_words}"
    ));
}

fn sizes(rows: &mut Rows<'_>, files: &[Case]) {
    rows.check(
        "size of the raster",
        files.iter().cloned(),
        |runner, case| {
            let answer = runner.run(case)?;
            answer.map_or(Ok(()), |picture| rules::good(&picture, &case.request))
        },
    );
}

/// Other boxes and ways to fill them.
fn boxes(rows: &mut Rows<'_>, files: &[Case]) {
    let sides = [(1, 1), (16, 16), (1000, 50), (50, 1000), (4096, 4096)];
    let fits = [Fit::Contain, Fit::Cover, Fit::Fill];
    let wanted: Vec<_> = sides
        .iter()
        .flat_map(|sides| fits.map(|fit| (*sides, fit)))
        .collect();
    let cases = files.iter().flat_map(|file| {
        wanted.iter().map(|((width, height), fit)| {
            let what = format!("{fit:?} in {width}x{height}").to_lowercase();
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
