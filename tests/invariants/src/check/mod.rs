//! What may never be in a log.

mod answers;
mod deletions;
mod ends;
mod order;
mod runs;
mod thumbnails;

use crate::image::Image;
use crate::{Entry, Findings};

/// How much a log may have that depends on the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The attempts that an image may have: `worker.attempts`.
    pub attempts: u32,
    /// How often a worker was lost with whatever it ran.
    pub lost_workers: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            attempts: 5,
            lost_workers: 0,
        }
    }
}

/// Looks for broken promises in what clients saw.
///
/// The log has to go on until nothing was open any more: an accepted image without an outcome or a deletion at the end
/// of the log is stuck.
#[must_use]
pub fn check(log: &[Entry<'_>], bounds: &Bounds) -> Findings {
    let mut findings = Findings {
        requests: log.len() as u64,
        ..Findings::default()
    };
    answers::check(log, &mut findings);
    for image in Image::all(log) {
        if image.is_accepted {
            ends::check(&image, &mut findings);
        }
        thumbnails::check(&image, &mut findings);
        deletions::check(&image, &mut findings);
        order::check(&image, &mut findings);
        runs::check(&image, bounds, &mut findings);
    }
    findings
}
