/// How many broken promises are kept in words.
const EXAMPLES: usize = 10;

/// What became of an accepted upload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// The thumbnail came, and it is the right one.
    Completed,
    /// The server does not know the upload any more.
    Lost(String),
    /// There was no outcome in time.
    Stuck(String),
    /// The outcome is not the one that the upload should have.
    Wrong(String),
}

/// What became of the accepted uploads.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Ends {
    /// How many came to their right thumbnail.
    pub completed: u64,
    /// How many the server forgot.
    pub lost: u64,
    /// How many had no outcome in time.
    pub stuck: u64,
    /// How many had a wrong outcome.
    pub wrong: u64,
    /// The first few that did not complete, in words.
    pub examples: Vec<String>,
}

impl Ends {
    /// Counts the end of an upload.
    pub fn count(&mut self, end: End) {
        let (counter, class, detail) = match end {
            End::Completed => {
                self.completed += 1;
                return;
            }
            End::Lost(detail) => (&mut self.lost, "lost", detail),
            End::Stuck(detail) => (&mut self.stuck, "stuck", detail),
            End::Wrong(detail) => (&mut self.wrong, "wrong", detail),
        };
        *counter += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(format!("{class}: {detail}"));
        }
    }

    /// How many promises were broken.
    #[must_use]
    pub fn broken_promises(&self) -> u64 {
        self.lost + self.stuck + self.wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_counted_and_the_first_bad_ones_are_told() {
        let mut ends = Ends::default();
        ends.count(End::Completed);
        for number in 0..20 {
            ends.count(End::Lost(number.to_string()));
        }
        ends.count(End::Stuck("late".into()));
        ends.count(End::Wrong("blue".into()));
        assert_eq!(
            (ends.completed, ends.lost, ends.stuck, ends.wrong),
            (1, 20, 1, 1)
        );
        assert_eq!(ends.broken_promises(), 22);
        assert_eq!(ends.examples.len(), EXAMPLES);
        assert_eq!(ends.examples[0], "lost: 0");
    }
}
