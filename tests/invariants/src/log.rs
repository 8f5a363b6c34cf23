use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result};

use crate::Entry;

/// Reads a log, an object a line.
///
/// # Errors
/// It cannot be read, or a line is no entry; the error names the line.
pub fn read_log(path: &Path) -> Result<Vec<Entry<'static>>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let lines = BufReader::new(file).lines().enumerate();
    let entries = lines.map(|(index, line)| {
        let entry = serde_json::from_str(&line?);
        entry.with_context(|| format!("{}, line {}", path.display(), index + 1))
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let entry = Entry {
            sent_us: 7,
            operation: "status".into(),
            media_id: Some("1".into()),
            retry_after: true,
            version: Some(3),
            ..Entry::default()
        };
        let line = serde_json::to_string(&entry).unwrap();
        std::fs::write(&path, format!("{line}\n{{}}\n")).unwrap();
        assert_eq!(read_log(&path).unwrap(), [entry, Entry::default()]);
    }

    #[test]
    fn a_line_that_is_no_entry_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "{}\nnonsense\n").unwrap();
        let error = read_log(&path).unwrap_err().to_string();
        assert!(error.ends_with("line 2"), "{error}");
    }
}
