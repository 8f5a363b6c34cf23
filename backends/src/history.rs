//! The form in which backends keep a history beside a record: a line for each transition, small enough for a
//! hundred thousand media in memory.
//!
//! `VERSION OFFSET STEP SERVICE EPOCH ATTEMPTS WORKER REASON`, where the offset is in milliseconds since the medium
//! was created, the step is the phase or, at the end, the state, and `-` stands for no worker. The reason goes to
//! the end of the line and may be empty.

use thumbnailify_core::{Phase, State, Transition};

use crate::spelling::{read, spell};

/// What stands for no worker.
const NOBODY: &str = "-";

/// Spells a history.
pub(crate) fn spell_history(history: &[Transition], created_at_ms: u64) -> String {
    history
        .iter()
        .map(|transition| spell_line(transition, created_at_ms))
        .collect()
}

fn spell_line(transition: &Transition, created_at_ms: u64) -> String {
    let offset_ms = i128::from(transition.at_ms) - i128::from(created_at_ms);
    let step = if transition.state.is_final() {
        spell(transition.state)
    } else {
        spell(transition.phase)
    };
    format!(
        "{} {offset_ms} {step} {} {} {} {} {}\n",
        transition.version,
        spell(transition.service),
        transition.epoch,
        transition.attempts,
        spell_worker(transition.worker.as_deref().unwrap_or_default()),
        transition.reason.as_deref().unwrap_or_default(),
    )
}

/// Spells the name of a worker as one word.
pub(crate) fn spell_worker(name: &str) -> String {
    if name.is_empty() {
        return NOBODY.to_owned();
    }
    name.replace(
        |letter: char| letter.is_whitespace() || letter.is_control(),
        "_",
    )
}

/// Cuts a reason to what is kept of it, on one line.
pub(crate) fn spell_reason(reason: &str) -> String {
    let on_one_line = |letter: char| if letter.is_control() { ' ' } else { letter };
    let kept = reason.chars().take(Transition::MAX_REASON_CHARS);
    kept.map(on_one_line).collect()
}

/// Reads the last lines of a history that are kept. It is there to be looked at, so a line that cannot be read
/// is passed over.
pub(crate) fn read_history(text: &str, created_at_ms: u64) -> Vec<Transition> {
    let lines = text.lines().count();
    let kept = text.lines().skip(lines.saturating_sub(Transition::KEPT));
    kept.filter_map(|line| read_line(line, created_at_ms))
        .collect()
}

fn read_line(line: &str, created_at_ms: u64) -> Option<Transition> {
    let mut words = line.splitn(8, ' ');
    let mut word = || words.next();
    let version = word()?.parse().ok()?;
    let offset_ms = word()?.parse().ok()?;
    let (state, phase) = read_step(word()?)?;
    let service = read(word()?).ok()?;
    let (epoch, attempts) = (word()?.parse().ok()?, word()?.parse().ok()?);
    let worker = Some(word()?).filter(|worker| *worker != NOBODY);
    let reason = word().filter(|reason| !reason.is_empty());
    Some(Transition {
        version,
        at_ms: created_at_ms.saturating_add_signed(offset_ms),
        service,
        worker: worker.map(str::to_owned),
        state,
        phase,
        epoch,
        attempts,
        reason: reason.map(str::to_owned),
    })
}

fn read_step(word: &str) -> Option<(State, Phase)> {
    match word.parse::<State>() {
        Ok(state) => Some((state, Phase::Done)),
        Err(_) => Some((State::Processing, read(word).ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::Service;

    use super::*;

    const CREATED_AT_MS: u64 = 1_732_700_000_000;

    fn accepted() -> Transition {
        Transition {
            version: 1,
            at_ms: CREATED_AT_MS,
            service: Service::Webserver,
            worker: None,
            state: State::Processing,
            phase: Phase::Queued,
            epoch: 1,
            attempts: 0,
            reason: None,
        }
    }

    fn failed() -> Transition {
        Transition {
            version: 2,
            at_ms: CREATED_AT_MS + 47,
            service: Service::Worker,
            worker: Some("host-7".to_owned()),
            state: State::Error,
            phase: Phase::Done,
            attempts: 1,
            reason: Some("no picture – at all".to_owned()),
            ..accepted()
        }
    }

    #[test]
    fn a_history_is_a_short_line_for_each_transition() {
        let history = spell_history(&[accepted(), failed()], CREATED_AT_MS);
        let expected =
            "1 0 queued webserver 1 0 - \n2 47 Error worker 1 1 host-7 no picture – at all\n";
        assert_eq!(history, expected);
        assert_eq!(
            read_history(&history, CREATED_AT_MS),
            [accepted(), failed()]
        );
    }

    #[test]
    fn a_time_before_the_first_is_kept_as_it_is() {
        let early = Transition {
            at_ms: CREATED_AT_MS - 5,
            ..failed()
        };
        let history = spell_history(std::slice::from_ref(&early), CREATED_AT_MS);
        assert_eq!(read_history(&history, CREATED_AT_MS), [early]);
    }

    #[test]
    fn a_line_that_cannot_be_read_hides_no_other() {
        let history = spell_history(&[failed()], CREATED_AT_MS);
        let text = format!("\n1 0 asleep worker 1 0 - \n{history}9 9");
        assert_eq!(read_history(&text, CREATED_AT_MS), [failed()]);
    }

    #[test]
    fn no_more_is_read_than_is_kept() {
        let lines = spell_history(&[failed()], CREATED_AT_MS).repeat(Transition::KEPT + 3);
        assert_eq!(read_history(&lines, CREATED_AT_MS).len(), Transition::KEPT);
    }

    #[test]
    fn a_reason_is_one_line_and_not_too_long() {
        assert_eq!(spell_reason("one\ntwo"), "one two");
        assert_eq!(spell_reason(&"ä".repeat(999)).chars().count(), 200);
        assert_eq!(spell_worker("my host\n1"), "my_host_1");
        assert_eq!(spell_worker(""), "-");
    }
}
