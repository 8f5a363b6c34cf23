use crate::cases::Kind;
use crate::measure::Row;

/// The head of the table of goals.
pub(crate) const HEAD: &str = "\
| goal | at worst | of | |
| --- | --: | --- | --- |";

/// What is to be reached by all pictures of some kinds.
struct Goal {
    text: &'static str,
    is_about: fn(&Row) -> bool,
    figure: fn(&Row) -> f64,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

const GOALS: &[Goal] = &[
    Goal {
        text: "JPEG, baseline, 12 to 24 MP: at most 0.60 of libvips",
        is_about: |row| row.case.kind == Kind::LargeJpeg,
        figure: Row::of_libvips,
        bound: Bound::AtMost(0.60),
    },
    Goal {
        text: "JPEG, baseline, web size: at most 0.85 of Pillow",
        is_about: |row| row.case.kind == Kind::WebJpeg,
        figure: Row::of_pillow,
        bound: Bound::AtMost(0.85),
    },
    Goal {
        text: "JPEG, progressive, 12 to 24 MP: at most 0.10 of libvips",
        is_about: |row| row.case.kind == Kind::LargeProgressive,
        figure: Row::of_libvips,
        bound: Bound::AtMost(0.10),
    },
    Goal {
        text: "JPEG, progressive, web size: at most 0.25 of libvips",
        is_about: |row| row.case.kind == Kind::WebProgressive,
        figure: Row::of_libvips,
        bound: Bound::AtMost(0.25),
    },
    Goal {
        text: "PNG: at most 0.85 of libvips",
        is_about: |row| row.case.kind == Kind::Png,
        figure: Row::of_libvips,
        bound: Bound::AtMost(0.85),
    },
    Goal {
        text: "GIF, first frame: at most 0.60 of libvips",
        is_about: |row| matches!(row.case.kind, Kind::StillGif | Kind::StillGifToPng),
        figure: Row::of_libvips,
        bound: Bound::AtMost(0.60),
    },
    Goal {
        text: "GIF, 50 frames: at most 0.25 of libvips",
        is_about: |row| row.case.kind == Kind::MovingGif,
        figure: Row::of_libvips,
        bound: Bound::AtMost(0.25),
    },
    Goal {
        text: "memory for a JPEG of 24 MP: at most 4 MiB",
        is_about: |row| row.case.file.contains("24"),
        figure: |row| row.sandboxed.memory_mib,
        bound: Bound::AtMost(4.0),
    },
    Goal {
        text: "memory for a PNG of 12 MP: at most 4 MiB",
        is_about: |row| row.case.file == "rgb12.png",
        figure: |row| row.sandboxed.memory_mib,
        bound: Bound::AtMost(4.0),
    },
    Goal {
        text: "JPEG of 12 to 24 MP: at least 45 dB",
        is_about: |row| matches!(row.case.kind, Kind::LargeJpeg | Kind::LargeProgressive),
        figure: |row| row.sandboxed.psnr_db,
        bound: Bound::AtLeast(45.0),
    },
    Goal {
        text: "JPEG of web size: at least 40 dB",
        is_about: |row| matches!(row.case.kind, Kind::WebJpeg | Kind::WebProgressive),
        figure: |row| row.sandboxed.psnr_db,
        bound: Bound::AtLeast(40.0),
    },
];

/// How far each goal is reached by the pictures that were measured.
pub(crate) fn lines(rows: &[Row]) -> impl Iterator<Item = String> {
    GOALS.iter().filter_map(|goal| line(goal, rows))
}

fn line(goal: &Goal, rows: &[Row]) -> Option<String> {
    let about = rows.iter().filter(|row| (goal.is_about)(row));
    let figures = about.map(|row| ((goal.figure)(row), row));
    let by_figure = |(one, _): &(f64, _), (other, _): &(f64, _)| one.total_cmp(other);
    let (worst, is_met, row) = match goal.bound {
        Bound::AtMost(most) => {
            let (worst, row) = figures.max_by(by_figure)?;
            (worst, worst <= most, row)
        }
        Bound::AtLeast(least) => {
            let (worst, row) = figures.min_by(by_figure)?;
            (worst, worst >= least, row)
        }
    };
    let met = if is_met { "met" } else { "MISSED" };
    let name = row.case.name();
    Some(format!("| {} | {worst:.2} | {name} | {met} |", goal.text))
}
