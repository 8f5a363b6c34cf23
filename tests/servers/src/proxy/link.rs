//! Decides what comes through.

use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use super::fault::{Fault, Loss, Target};
use super::line::Line;

/// Which way a piece goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Answer,
}

/// What becomes of a piece, and of the connection that it came on.
#[derive(Debug)]
pub(super) enum Passage {
    /// It comes through.
    All,
    /// So many of its bytes come through. Then the connection ends.
    Beginning(usize),
    /// The connection ends.
    Nothing,
    /// The connection stays, and nothing comes through any more.
    NothingEver,
}

/// Where the connections go from and to, and what is done to them.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) door: SocketAddr,
    pub(super) server: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    fault: Fault,
    target: Option<Target>,
    lost: usize,
    lines: Vec<Weak<Line>>,
    is_listening: bool,
    is_closed: bool,
}

impl Link {
    pub(super) fn new(door: SocketAddr, server: SocketAddr) -> Self {
        let state = State {
            fault: Fault::None,
            target: None,
            lost: 0,
            lines: Vec::new(),
            is_listening: false,
            is_closed: false,
        };
        Self {
            door,
            server,
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and tells all who wait for a change.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.notify_all();
        changed
    }

    fn wait_while(&self, condition: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self
            .changed
            .wait_while(self.state(), |state| condition(state));
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, fault: Fault) {
        self.change(|state| state.fault = fault);
        if fault == Fault::Refuse {
            self.end_all();
            drop(self.wait_while(|state| state.is_listening));
            // Those that came in between.
            self.end_all();
        } else {
            self.wait_until_listening();
        }
    }

    pub(super) fn close(&self) {
        self.change(|state| state.is_closed = true);
        self.end_all();
    }

    /// Ends every connection, and lets the door see that something changed.
    fn end_all(&self) {
        let lines = std::mem::take(&mut self.state().lines);
        for line in lines.iter().filter_map(Weak::upgrade) {
            line.end();
        }
        // It waits for a connection. There may be none to make any more.
        TcpStream::connect(self.door).ok();
    }

    pub(super) fn lose(&self, part: &[u8], answers: usize, loss: Loss) {
        let part = part.to_vec();
        let left = answers;
        self.state().target = Some(Target { part, loss, left });
    }

    pub(super) fn lost(&self) -> usize {
        self.state().lost
    }

    pub(super) fn add(&self, line: &Arc<Line>) {
        self.state().lines.push(Arc::downgrade(line));
    }

    pub(super) fn is_open(&self) -> bool {
        let state = self.state();
        !state.is_closed && state.fault != Fault::Refuse
    }

    /// Whether there is anything to listen for, now that there is or never will be.
    pub(super) fn wait_until_open(&self) -> bool {
        let state = self.wait_while(|state| !state.is_closed && state.fault == Fault::Refuse);
        !state.is_closed
    }

    pub(super) fn wait_until_listening(&self) {
        drop(self.wait_while(|state| !state.is_listening));
    }

    pub(super) fn now_listening(&self, is_listening: bool) {
        self.change(|state| state.is_listening = is_listening);
    }

    /// Blocks until all connections are ended, this one among them.
    pub(super) fn wait_until_closed(&self, line: &Arc<Line>) {
        let is_kept = |state: &State| {
            let lines = state.lines.iter().filter_map(Weak::upgrade);
            lines.into_iter().any(|kept| Arc::ptr_eq(&kept, line))
        };
        drop(self.wait_while(|state| !state.is_closed && is_kept(state)));
    }

    /// Blocks for as long as a piece is held back.
    pub(super) fn let_through(&self, way: Way, before: &mut Vec<u8>, piece: &[u8]) -> Passage {
        if let Fault::Delay(delay) = self.state().fault {
            #[expect(clippy::disallowed_methods, reason = "the fault itself")]
            thread::sleep(delay);
        }
        let mut state = self.wait_while(|state| state.fault == Fault::BlackHole);
        if way == Way::Answer
            && let Some(loss) = state.take(before, piece)
        {
            return match loss {
                Loss::Cut => Passage::Nothing,
                Loss::Silence => Passage::NothingEver,
            };
        }
        state.cut(piece.len())
    }
}

impl State {
    /// Whether an answer is to be lost, now that this piece of it is there.
    fn take(&mut self, before: &mut Vec<u8>, piece: &[u8]) -> Option<Loss> {
        let target = self.target.as_mut().filter(|target| target.left > 0)?;
        before.extend_from_slice(piece);
        let is_it = before
            .windows(target.part.len())
            .any(|window| window == target.part);
        // Less than the part itself, so that nothing is found twice.
        let kept = before.len().min(target.part.len().saturating_sub(1));
        before.drain(..before.len() - kept);
        is_it.then(|| {
            target.left -= 1;
            self.lost += 1;
            target.loss
        })
    }

    /// Counts down to the end of a connection, if that is what is to happen.
    fn cut(&mut self, bytes: usize) -> Passage {
        let Fault::CutAfter(left) = self.fault else {
            return Passage::All;
        };
        if bytes <= left {
            self.fault = Fault::CutAfter(left - bytes);
            return Passage::All;
        }
        self.fault = Fault::None;
        Passage::Beginning(left)
    }
}
