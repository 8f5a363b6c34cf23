//! I7: answers are documented ones, and whoever is told to come back is told when.

use crate::documented::is_documented;
use crate::{Entry, Findings, Invariant};

pub(super) fn check(log: &[Entry<'_>], findings: &mut Findings) {
    for entry in log {
        let Some(code) = entry.code else {
            findings.unanswered += 1;
            continue;
        };
        let is_busy = matches!(code, 429 | 503 | 507) && entry.state.is_none();
        if is_busy && entry.retry_after {
            findings.refused += 1;
        }
        let detail = if is_busy && !entry.retry_after {
            format!("{code} without Retry-After, to {}", entry.operation)
        } else if !is_expected(entry, code) {
            let problem = entry.problem.as_deref().unwrap_or("no problem");
            format!("{code} with {problem}, to {}", entry.operation)
        } else {
            continue;
        };
        let media_id = entry.media_id.as_deref().map(str::to_owned);
        findings.add_violation(Invariant::Answers, media_id, detail);
    }
}

/// The code of a status is that of its outcome. An answer without a body tells no problem.
fn is_expected(entry: &Entry<'_>, code: u16) -> bool {
    match &entry.problem {
        _ if entry.state.is_some() => true,
        Some(problem) => is_documented(problem, code),
        None => matches!(code, 200 | 202 | 204 | 304 | 404),
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{broken, upload};
    use crate::{Bounds, Entry, Invariant, check};

    const I7: Invariant = Invariant::Answers;

    fn refusal(code: u16, problem: &'static str, retry_after: bool) -> Entry<'static> {
        Entry {
            code: Some(code),
            problem: Some(problem.into()),
            retry_after,
            state: None,
            version: None,
            ..upload(0)
        }
    }

    #[test]
    fn a_documented_refusal_that_says_when_to_come_back_is_well() {
        let log = [
            refusal(503, "/problems/unavailable", true),
            refusal(507, "/problems/disk-full", true),
            refusal(400, "/problems/cut-off", false),
            refusal(404, "about:blank", false),
        ];
        assert_eq!(broken(&log), []);
        assert_eq!(check(&log, &Bounds::default()).refused, 2);
    }

    #[test]
    fn a_refusal_that_does_not_say_when_to_come_back_is_found() {
        assert_eq!(
            broken(&[refusal(503, "/problems/unavailable", false)]),
            [I7]
        );
        assert_eq!(broken(&[refusal(507, "/problems/disk-full", false)]), [I7]);
    }

    #[test]
    fn an_answer_that_is_not_documented_is_found() {
        assert_eq!(broken(&[refusal(500, "about:blank", false)]), [I7]);
        assert_eq!(broken(&[refusal(503, "/problems/strange", true)]), [I7]);
        assert_eq!(
            broken(&[refusal(400, "/problems/unavailable", false)]),
            [I7]
        );
        let bare = Entry {
            problem: None,
            ..refusal(502, "", false)
        };
        assert_eq!(broken(&[bare]), [I7]);
    }

    #[test]
    fn no_answer_is_counted_and_breaks_nothing() {
        let cut = Entry {
            code: None,
            state: None,
            failure: Some("cut off".into()),
            ..upload(0)
        };
        assert_eq!(broken(std::slice::from_ref(&cut)), []);
        assert_eq!(check(&[cut], &Bounds::default()).unanswered, 1);
    }
}
