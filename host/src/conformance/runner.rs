use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::case::Case;
use super::input::{Metered, ReadCount};
use super::report::Peaks;
use super::rules;
use crate::Handler;
use crate::sandbox::Call;
use crate::sandbox::types::{Failure, Picture};

/// What a handler may answer with: a picture, or why there is none.
pub(super) type Answer = Result<Picture, Failure>;

/// Calls one handler, and notes the most that it took.
#[derive(Debug)]
pub(super) struct Runner<'a> {
    pub(super) handler: &'a Handler,
    pub(super) peaks: Peaks,
}

impl<'a> Runner<'a> {
    pub(super) fn new(handler: &'a Handler) -> Self {
        Self {
            handler,
            peaks: Peaks::default(),
        }
    }

    /// Makes one call. An error is the handler's fault: it crashed, hung, asked for more than its budgets,
    /// or gave an answer that the host would refuse.
    pub(super) fn run(&mut self, case: &Case) -> Result<Answer, String> {
        let count = Arc::new(ReadCount::default());
        let source = Metered {
            input: case.input.clone(),
            count: Arc::clone(&count),
        };
        let started = Instant::now();
        let run = self.handler.render(Call {
            source: Box::new(source),
            request: case.request.clone(),
            cancel: CancellationToken::new(),
        });
        self.peaks.raise(&Peaks {
            memory_bytes: run.peak_memory_bytes,
            elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            read_bytes: count.bytes.load(Ordering::Relaxed),
            read_calls: count.calls.load(Ordering::Relaxed),
        });
        let (name, limits) = (&self.handler.identity().name, self.handler.limits());
        let answer = run.answer.map_err(|fault| fault.message(name, limits))?;
        if let Ok(picture) = &answer {
            rules::acceptable(picture, limits)?;
        }
        Ok(answer)
    }
}
