use std::fmt::{self, Write};

use super::Report;

/// Text in columns: the first one to the left, the others to the right.
#[derive(Clone, Default, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads.
    #[must_use]
    pub fn new(heads: &[&str]) -> Self {
        let heads = heads.iter().map(ToString::to_string).collect();
        Self { rows: vec![heads] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                if column == 0 {
                    write!(line, "{cell:<width$}")?;
                } else {
                    write!(line, "  {cell:>width$}")?;
                }
            }
            writeln!(formatter, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.what)?;
        writeln!(
            formatter,
            "{:.1} s, {} planned, {} started, {} accepted; {} completed, {} lost, {} stuck, {} wrong",
            self.seconds,
            self.planned,
            self.started,
            self.accepted,
            self.completed,
            self.lost,
            self.stuck,
            self.wrong
        )?;
        writeln!(
            formatter,
            "goodput {:.1}/s, {} errors, {} refusals; the generator used {:.2} s of CPU",
            self.goodput, self.errors, self.refusals, self.generator_cpu_s
        )?;
        writeln!(formatter, "\n{}", latencies(self))?;
        if !self.processes.is_empty() {
            writeln!(formatter, "{}", processes(self))?;
        }
        for (class, count) in &self.failures {
            writeln!(formatter, "  {count:>8}  {class}")?;
        }
        for line in self.examples.iter().chain(&self.notes) {
            writeln!(formatter, "  {line}")?;
        }
        match self.broken.as_slice() {
            [] => writeln!(formatter, "passed"),
            broken => writeln!(formatter, "FAILED: {}", broken.join("; ")),
        }
    }
}

fn latencies(report: &Report) -> Table {
    let mut table = Table::new(&["ms", "count", "p50", "p90", "p99", "p99.9", "max"]);
    for row in &report.latencies {
        let times = [row.p50_ms, row.p90_ms, row.p99_ms, row.p999_ms, row.max_ms];
        let mut cells = vec![row.measure.clone(), row.count.to_string()];
        cells.extend(times.map(shown));
        table.row(cells);
    }
    table
}

fn processes(report: &Report) -> Table {
    let heads = ["process", "CPU s", "MiB first", "middle", "last", "max"];
    let mut table = Table::new(&heads);
    for row in &report.processes {
        let memory = [row.first_mib, row.middle_mib, row.last_mib, row.max_mib];
        let mut cells = vec![row.name.clone(), shown(row.cpu_s)];
        cells.extend(memory.map(shown));
        table.row(cells);
    }
    table
}

/// A number with the digits that mean something.
pub(crate) fn shown(value: f64) -> String {
    let decimals = match value {
        ..1.0 => 3,
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["ms", "p50"]);
        table.row(vec!["upload".into(), "1.20".into()]);
        table.row(vec!["list".into(), "1000".into()]);
        assert_eq!(
            table.to_string(),
            "ms       p50\nupload  1.20\nlist    1000\n"
        );
    }

    #[test]
    fn three_digits_are_shown() {
        for (value, expected) in [
            (0.0121, "0.012"),
            (1.234, "1.23"),
            (12.34, "12.3"),
            (1234.5, "1234"),
        ] {
            assert_eq!(shown(value), expected);
        }
    }
}
