use std::fmt;

/// What holds at any time, whatever is killed, stopped or cut off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Invariant {
    /// I1: an upload that was answered with 202 ends as Completed or Error, or is deleted.
    Ends,
    /// I2: what is Completed has a thumbnail, which is the one that its status and its `ETag` say.
    Thumbnail,
    /// I3: what was deleted stays unknown.
    StaysDeleted,
    /// I4: no reader sees a version fall, and an outcome changes by a retry alone.
    NeverBack,
    /// I5: once all is quiet nothing is left that has no purpose: files, open images, jobs.
    NothingLeft,
    /// I6: an image is run no more often than its budget and the lost workers allow.
    Runs,
    /// I7: answers are documented ones, and whoever is told to come back is told when.
    Answers,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Ends,
        Self::Thumbnail,
        Self::StaysDeleted,
        Self::NeverBack,
        Self::NothingLeft,
        Self::Runs,
        Self::Answers,
    ];
}

impl fmt::Display for Invariant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Ends => "I1 every accepted upload ends",
            Self::Thumbnail => "I2 what is completed has its thumbnail",
            Self::StaysDeleted => "I3 what is deleted stays away",
            Self::NeverBack => "I4 nothing that was seen goes back",
            Self::NothingLeft => "I5 nothing is left behind",
            Self::Runs => "I6 runs are bounded",
            Self::Answers => "I7 answers are documented",
        })
    }
}
