use std::ops::Range;

/// A rectangle of the canvas, in pixels.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Area {
    pub(crate) columns: Range<usize>,
    pub(crate) lines: Range<usize>,
}

impl Area {
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty() || self.lines.is_empty()
    }

    pub(crate) fn pixels(&self) -> u64 {
        self.columns.len() as u64 * self.lines.len() as u64
    }

    /// The smallest rectangle that holds both.
    pub(crate) fn united(&self, other: &Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (_, true) => self.clone(),
            (true, _) => other.clone(),
            _ => Self {
                columns: united(&self.columns, &other.columns),
                lines: united(&self.lines, &other.lines),
            },
        }
    }
}

fn united(one: &Range<usize>, other: &Range<usize>) -> Range<usize> {
    one.start.min(other.start)..one.end.max(other.end)
}
