use std::ops::Range;

/// A rectangle of the canvas, in pixels.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Area {
    pub(crate) columns: Range<usize>,
    pub(crate) lines: Range<usize>,
}

impl Area {
    pub(crate) fn pixels(&self) -> u64 {
        self.columns.len() as u64 * self.lines.len() as u64
    }
}

/// The smallest range that holds both.
pub(crate) fn united(one: &Range<usize>, other: &Range<usize>) -> Range<usize> {
    match (one.is_empty(), other.is_empty()) {
        (_, true) => one.clone(),
        (true, _) => other.clone(),
        _ => one.start.min(other.start)..one.end.max(other.end),
    }
}
