use std::time::Duration;

/// What a [`super::FaultProxy`] does to all connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Passes everything on.
    None,
    /// Ends every connection, and nobody listens any more: who connects is refused.
    Refuse,
    /// Keeps every connection and accepts new ones, and holds everything back. It comes through when this
    /// is over, as on a network that repeats what was lost.
    BlackHole,
    /// Holds each piece of a request or an answer back for this long.
    Delay(Duration),
    /// Ends a connection in the middle of a request or an answer: that on which the next byte is to come
    /// after so many have, of all connections and both ways. Then it is over.
    CutAfter(usize),
}

/// What becomes of a connection on which an answer is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// It ends.
    Cut,
    /// It stays, and nothing comes through any more: the other side seems to think for ever.
    Silence,
}

/// Which answers are to be lost.
#[derive(Debug)]
pub(super) struct Target {
    /// Bytes that these answers have in them.
    pub(super) part: Vec<u8>,
    pub(super) loss: Loss,
    /// How many there are still to be.
    pub(super) left: usize,
}
