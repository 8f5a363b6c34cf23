use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the files, their thumbnails and the table.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference")
}

/// What is to become of a file.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Expected {
    Thumbnail,
    Malformed,
    Unsupported,
    /// Malformed or unsupported.
    Refused,
    /// A thumbnail, or unsupported.
    IfSupported,
    /// A thumbnail, or refused.
    Either,
}

impl Expected {
    fn of(text: &str) -> Self {
        match text {
            "thumbnail" => Self::Thumbnail,
            "malformed" => Self::Malformed,
            "unsupported" => Self::Unsupported,
            "refused" => Self::Refused,
            "if-supported" => Self::IfSupported,
            "either" => Self::Either,
            other => panic!("the table expects `{other}`"),
        }
    }

    pub(super) fn may_be_thumbnail(self) -> bool {
        matches!(self, Self::Thumbnail | Self::IfSupported | Self::Either)
    }
}

/// One line of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) file: String,
    pub(super) content_type: String,
    /// What is asked for, as the API's query.
    pub(super) options: String,
    pub(super) expected: Expected,
    /// Width and height of the thumbnail, where they are known.
    pub(super) size: Option<(u32, u32)>,
    /// The file of the thumbnail; the frames of a moving one stand below each other.
    pub(super) reference: Option<String>,
    /// The largest mean absolute difference, of 255.
    pub(super) tolerance: f64,
    /// How long each frame is shown; of a still picture nothing.
    pub(super) delays_ms: Vec<u32>,
    /// How often it is repeated: `ever`, `once`, or a number.
    pub(super) loops: String,
    pub(super) note: String,
}

pub(super) fn rows() -> Vec<Row> {
    let table = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    table.lines().skip(1).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<_> = line.split('\t').collect();
    let [
        file,
        content_type,
        options,
        expected,
        width,
        height,
        reference,
        tolerance,
        delays_ms,
        loops,
        note,
    ] = cells[..]
    else {
        panic!("{} cells: {line}", cells.len());
    };
    let numbers = delays_ms.split(',').filter(|number| !number.is_empty());
    Row {
        file: file.into(),
        content_type: content_type.into(),
        options: options.into(),
        expected: Expected::of(expected),
        size: width.parse().ok().zip(height.parse().ok()),
        reference: (!reference.is_empty()).then(|| reference.into()),
        tolerance: tolerance.parse().unwrap_or_default(),
        delays_ms: numbers.map(|number| number.parse().unwrap()).collect(),
        loops: loops.into(),
        note: note.into(),
    }
}
