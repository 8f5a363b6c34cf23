//! The summary of a check, for people.

use std::fmt;

use crate::{Findings, Invariant, Violation};

impl fmt::Display for Findings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} requests, {} without an answer, {} refused; {} accepted images: {} completed, {} failed, {} deleted",
            self.requests,
            self.unanswered,
            self.refused,
            self.accepted,
            self.completed,
            self.failed,
            self.deleted
        )?;
        for invariant in Invariant::ALL {
            match self.broken(invariant) {
                0 => writeln!(formatter, "{invariant:<40}kept")?,
                count => writeln!(formatter, "{invariant:<40}BROKEN {count} times")?,
            }
            for example in self.examples(invariant) {
                writeln!(formatter, "    {example}")?;
            }
        }
        write!(
            formatter,
            "{} lost, {} stuck, {} resurrected",
            self.lost, self.stuck, self.resurrected
        )
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.media_id {
            Some(id) => write!(formatter, "{id}: {}", self.detail),
            None => formatter.write_str(&self.detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_tells_what_was_kept_and_what_was_not() {
        let mut findings = Findings {
            accepted: 3,
            stuck: 1,
            ..Findings::default()
        };
        assert!(findings.is_good());
        findings.add(Invariant::Ends, "7", "it has no outcome");
        assert!(!findings.is_good());
        let text = findings.to_string();
        for line in [
            "I1 every accepted upload ends           BROKEN 1 times",
            "    7: it has no outcome",
            "I2 what is completed has its thumbnail  kept",
            "0 lost, 1 stuck, 0 resurrected",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
        }
    }
}
