use std::ops::Range;

use crate::area::{Area, united};

/// Where the canvas has changed: from the first to the last changed pixel of each line.
///
/// An image often covers much and changes little, as that of a moving pointer does, so the rectangles of images
/// alone would say too much.
#[derive(Debug)]
pub(crate) struct Changes {
    columns: Vec<Range<usize>>,
    lines: Range<usize>,
}

impl Changes {
    /// Prepares for so many lines.
    pub(crate) fn new(line_count: usize) -> Self {
        Self {
            columns: vec![0..0; line_count],
            lines: 0..0,
        }
    }

    /// Notes the columns of a line; none of them changes nothing.
    pub(crate) fn add(&mut self, line: usize, columns: Range<usize>) {
        if let Some(known) = self.columns.get_mut(line) {
            *known = united(known, &columns);
        }
        if !columns.is_empty() {
            self.lines = united(&self.lines, &(line..line + 1));
        }
    }

    /// Notes a whole rectangle.
    pub(crate) fn add_area(&mut self, area: &Area) {
        for line in area.lines.clone() {
            self.add(line, area.columns.clone());
        }
    }

    /// The lines from the first to the last that has changed.
    pub(crate) fn lines(&self) -> Range<usize> {
        self.lines.clone()
    }

    /// The columns from the first to the last that has changed in any of these lines.
    pub(crate) fn columns(&self, lines: Range<usize>) -> Range<usize> {
        let columns = self.columns[lines].iter();
        columns.fold(0..0, |all, columns| united(&all, columns))
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.columns[self.lines.clone()].fill(0..0);
        self.lines = 0..0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_united_and_forgotten() {
        let mut changes = Changes::new(9);
        changes.add(2, 5..5);
        assert_eq!(changes.lines(), 0..0);
        changes.add(4, 3..5);
        changes.add_area(&Area {
            columns: 7..8,
            lines: 4..7,
        });
        assert_eq!(changes.lines(), 4..7);
        assert_eq!(
            [4..5, 5..9, 0..4].map(|lines| changes.columns(lines)),
            [3..8, 7..8, 0..0]
        );
        changes.clear();
        assert_eq!((changes.lines(), changes.columns(0..9)), (0..0, 0..0));
    }
}
