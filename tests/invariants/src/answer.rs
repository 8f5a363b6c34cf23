//! What the bodies of the API's answers tell.

use serde::Deserialize;

use crate::Entry;

/// A status or a problem, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    media_id: Option<String>,
    state: Option<String>,
    phase: Option<String>,
    version: Option<u64>,
    attempts: Option<u32>,
    updated_at: Option<String>,
    thumbnail: Option<Thumbnail>,
    history: Vec<Step>,
    #[serde(rename = "type")]
    problem: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Thumbnail {
    sha256: String,
}

/// A transition of a status.
#[derive(Debug, Deserialize)]
struct Step {
    phase: String,
    epoch: u32,
    attempts: u32,
}

impl Entry<'_> {
    /// Adds what the body of an answer tells: a status or a problem. What is neither tells nothing.
    #[must_use]
    pub fn telling(self, body: &[u8]) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        // A list of images or a problem with members of its own is no status.
        if body.media_id.is_none() || body.state.is_none() {
            return Self {
                problem: body.problem.map(Into::into),
                ..self
            };
        }
        Self {
            media_id: self.media_id.or(body.media_id.map(Into::into)),
            state: body.state.map(Into::into),
            phase: body.phase.map(Into::into),
            version: body.version,
            attempts: body.attempts,
            runs: runs(&body.history),
            updated_at: body.updated_at.map(Into::into),
            sha256: body.thumbnail.map(|thumbnail| thumbnail.sha256.into()),
            ..self
        }
    }
}

/// `None` where the status does not tell its history.
fn runs(history: &[Step]) -> Option<u32> {
    let mut runs = history.first().map(|_| 0_u32)?;
    let (mut epoch, mut attempts) = (0, 0);
    for step in history {
        if step.epoch != epoch {
            (epoch, attempts) = (step.epoch, 0);
        }
        if step.phase == "running" && step.attempts > attempts {
            runs += 1;
        } else if step.attempts < attempts {
            runs = runs.saturating_sub(1);
        }
        attempts = step.attempts;
    }
    Some(runs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(body: &serde_json::Value) -> Entry<'static> {
        Entry::default().telling(body.to_string().as_bytes())
    }

    #[test]
    fn a_status_is_told_whole() {
        let entry = told(&json!({
            "media_id": "7", "state": "Completed", "phase": "done", "version": 3, "attempts": 1,
            "thumbnail": {"sha256": "aa"}, "history": [],
        }));
        assert_eq!(entry.media_id.as_deref(), Some("7"));
        assert_eq!((entry.version, entry.runs), (Some(3), None));
        assert_eq!(entry.sha256.as_deref(), Some("aa"));
    }

    #[test]
    fn a_problem_is_no_status() {
        let entry = told(&json!({"type": "/problems/not-failed", "state": "Completed"}));
        assert_eq!(entry.problem.as_deref(), Some("/problems/not-failed"));
        assert_eq!(entry.state, None);
        assert_eq!(Entry::default().telling(b"<html>"), Entry::default());
    }

    fn runs_of(steps: &[(&str, u32, u32)]) -> Option<u32> {
        let history = steps.iter().map(|(phase, epoch, attempts)| {
            json!({"phase": phase, "epoch": epoch, "attempts": attempts})
        });
        let history: Vec<_> = history.collect();
        told(&json!({"media_id": "7", "state": "Error", "history": history})).runs
    }

    #[test]
    fn runs_are_counted_over_all_epochs_but_for_those_that_were_given_back() {
        assert_eq!(runs_of(&[]), None);
        assert_eq!(runs_of(&[("queued", 1, 0)]), Some(0));
        let lost = [("queued", 1, 0), ("running", 1, 1), ("running", 1, 2)];
        assert_eq!(runs_of(&lost), Some(2));
        let anew = [("running", 1, 1), ("queued", 2, 0), ("running", 2, 1)];
        assert_eq!(runs_of(&anew), Some(2));
        let given_back = [("running", 1, 1), ("queued", 1, 0), ("running", 1, 1)];
        assert_eq!(runs_of(&given_back), Some(1));
    }
}
