use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::scan::{Found, Stamp};
use crate::ServiceConfig;

/// The first pause before a file is tried again that failed by no fault of its own, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What is known of the files of a folder from look to look.
#[derive(Debug, Default)]
pub(super) struct SeenFiles {
    files: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    stamp: Stamp,
    /// Since when it is as it is.
    since: Instant,
    /// Since when it is missing.
    missing_since: Option<Instant>,
    next: Next,
}

/// What is to be done with a file that stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    /// It is to be loaded.
    Load,
    /// Nothing until it changes.
    Nothing,
    /// It is to be loaded once more, no sooner than this.
    Again { at: Instant, pause: Duration },
}

/// What a look has shown.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) to_load: Vec<String>,
    pub(super) removed: Vec<String>,
}

impl SeenFiles {
    /// Takes in what was found, and says what is to be done.
    ///
    /// A file is loaded once it has stayed as it is for a moment, and given up once it is missing for longer:
    /// whoever replaces it may delete the old one first.
    pub(super) fn take_in(
        &mut self,
        found: &BTreeMap<String, Found>,
        config: &ServiceConfig,
    ) -> Changes {
        let now = Instant::now();
        for (file_name, found) in found {
            self.note(file_name, found, now);
        }
        let mut changes = Changes::default();
        self.files.retain(|file_name, seen| {
            if found.contains_key(file_name) {
                if seen.is_to_be_loaded(now, config.stable()) {
                    changes.to_load.push(file_name.clone());
                }
                return true;
            }
            let missing_since = *seen.missing_since.get_or_insert(now);
            let is_gone = now.duration_since(missing_since) >= config.rescan();
            if is_gone {
                changes.removed.push(file_name.clone());
            }
            !is_gone
        });
        changes
    }

    fn note(&mut self, file_name: &str, found: &Found, now: Instant) {
        let known = self.files.get_mut(file_name);
        match (known, found) {
            (Some(seen), Found::Unknown) => seen.missing_since = None,
            (Some(seen), Found::File(stamp)) if seen.stamp == *stamp => seen.missing_since = None,
            (_, Found::File(stamp)) => {
                let seen = Seen {
                    stamp: *stamp,
                    since: now,
                    missing_since: None,
                    next: Next::Load,
                };
                self.files.insert(file_name.to_owned(), seen);
            }
            (None, Found::Unknown) => {}
        }
    }

    /// A file was loaded, or refused for good.
    pub(super) fn done_with(&mut self, file_name: &str) {
        if let Some(seen) = self.files.get_mut(file_name) {
            seen.next = Next::Nothing;
        }
    }

    /// A file could not be loaded by no fault of its own.
    pub(super) fn try_again(&mut self, file_name: &str) {
        if let Some(seen) = self.files.get_mut(file_name) {
            let pause = match seen.next {
                Next::Again { pause, .. } => (pause * 2).min(LONGEST_PAUSE),
                _ => FIRST_PAUSE,
            };
            let at = Instant::now() + pause;
            seen.next = Next::Again { at, pause };
        }
    }

    /// Tells whether no file is about to be loaded or given up.
    pub(super) fn is_settled(&self) -> bool {
        self.files
            .values()
            .all(|seen| seen.next != Next::Load && seen.missing_since.is_none())
    }
}

impl Seen {
    fn is_to_be_loaded(&self, now: Instant, stable: Duration) -> bool {
        match self.next {
            Next::Load => now.duration_since(self.since) >= stable,
            Next::Nothing => false,
            Next::Again { at, .. } => at <= now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(seen: &mut SeenFiles, found: &[(&str, Found)], stable_ms: u32) -> Changes {
        let config = ServiceConfig {
            stable_ms,
            rescan_ms: stable_ms,
            ..ServiceConfig::default()
        };
        let found = found
            .iter()
            .map(|(name, found)| ((*name).to_owned(), found.clone()))
            .collect();
        seen.take_in(&found, &config)
    }

    fn file(bytes: u64) -> (&'static str, Found) {
        ("a.wasm", Found::File(Stamp::of_length(bytes)))
    }

    const HOUR_MS: u32 = 3_600_000;

    #[test]
    fn a_file_that_still_changes_is_not_loaded() {
        let mut seen = SeenFiles::default();
        assert!(look(&mut seen, &[file(1)], HOUR_MS).to_load.is_empty());
        assert!(!seen.is_settled());
        assert_eq!(look(&mut seen, &[file(1)], 0).to_load, ["a.wasm"]);
        seen.done_with("a.wasm");
        assert!(look(&mut seen, &[file(1)], 0).to_load.is_empty());
        assert!(seen.is_settled());
        assert_eq!(
            look(&mut seen, &[file(2)], 0).to_load,
            ["a.wasm"],
            "it has changed"
        );
    }

    #[test]
    fn a_file_that_is_missing_for_a_moment_is_not_given_up() {
        let mut seen = SeenFiles::default();
        look(&mut seen, &[file(1)], 0);
        seen.done_with("a.wasm");
        assert!(look(&mut seen, &[], HOUR_MS).removed.is_empty());
        assert!(
            look(&mut seen, &[("a.wasm", Found::Unknown)], 0)
                .removed
                .is_empty()
        );
        assert!(look(&mut seen, &[], HOUR_MS).removed.is_empty());
        assert_eq!(look(&mut seen, &[], 0).removed, ["a.wasm"]);
        assert!(look(&mut seen, &[], 0).removed.is_empty());
    }

    #[test]
    fn a_file_that_failed_by_no_fault_of_its_own_is_tried_again_later() {
        let mut seen = SeenFiles::default();
        look(&mut seen, &[file(1)], 0);
        seen.try_again("a.wasm");
        assert!(
            look(&mut seen, &[file(1)], 0).to_load.is_empty(),
            "not at once"
        );
        let Next::Again { pause, .. } = seen.files["a.wasm"].next else {
            panic!("it is to be tried again");
        };
        seen.try_again("a.wasm");
        let Next::Again { pause: longer, .. } = seen.files["a.wasm"].next else {
            panic!("it is to be tried again");
        };
        assert!(longer > pause);
    }
}
