use redis::Script;

use super::media_call::span_ms;
use crate::Patience;

/// The scripts, each after the parts that it shares with others.
///
/// The server keeps them by their hash; one that it has forgotten is sent again.
#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) create: Script,
    pub(super) published: Script,
    pub(super) claim: Script,
    pub(super) beat: Script,
    pub(super) finish: Script,
    pub(super) give_back: Script,
    pub(super) reopen: Script,
    pub(super) take_back: Script,
    pub(super) delete: Script,
    pub(super) reindex: Script,
    pub(super) reissue: Script,
    pub(super) due: Script,
    pub(super) lead: Script,
    pub(super) announce: Script,
    pub(super) announced: Script,
    pub(super) note_crash: Script,
    pub(super) crashes: Script,
}

const CLOCK: &str = include_str!("scripts/clock.lua");
const RECORD: &str = include_str!("scripts/record.lua");
const LISTS: &str = include_str!("scripts/lists.lua");

impl Scripts {
    pub(super) fn new(patience: Patience) -> Self {
        let on_clock = |script| Script::new(&[CLOCK, script].concat());
        let times = times(patience);
        let on_record = |script| Script::new(&[&times, CLOCK, RECORD, script].concat());
        let on_lists = |script| Script::new(&[&times, CLOCK, RECORD, LISTS, script].concat());
        Self {
            create: on_lists(include_str!("scripts/create.lua")),
            published: on_record(include_str!("scripts/published.lua")),
            claim: on_record(include_str!("scripts/claim.lua")),
            beat: on_record(include_str!("scripts/beat.lua")),
            finish: on_lists(include_str!("scripts/finish.lua")),
            give_back: on_record(include_str!("scripts/give_back.lua")),
            reopen: on_lists(include_str!("scripts/reopen.lua")),
            take_back: on_lists(include_str!("scripts/take_back.lua")),
            delete: on_lists(include_str!("scripts/delete.lua")),
            reindex: on_lists(include_str!("scripts/reindex.lua")),
            reissue: on_lists(include_str!("scripts/reissue.lua")),
            due: on_clock(include_str!("scripts/due.lua")),
            lead: Script::new(include_str!("scripts/lead.lua")),
            announce: on_clock(include_str!("scripts/announce.lua")),
            announced: on_clock(include_str!("scripts/announced.lua")),
            note_crash: Script::new(include_str!("scripts/note_crash.lua")),
            crashes: Script::new(include_str!("scripts/crashes.lua")),
        }
    }
}

/// The times that a medium may have to itself before somebody should look after it.
fn times(patience: Patience) -> String {
    let [unpublished, unclaimed] = [patience.unpublished, patience.unclaimed].map(span_ms);
    format!("local UNPUBLISHED_MS = {unpublished}\nlocal UNCLAIMED_MS = {unclaimed}\n")
}
