/// What became of an attempt at a job, once that is recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// The thumbnail is served.
    Completed,
    /// There will be no thumbnail.
    Error,
    /// The image was deleted meanwhile.
    Deleted,
    /// Another attempt will follow, since this one failed.
    Failed,
    /// Another will follow, since the storage is away or full, or there is no handler.
    Postponed,
    /// Another will follow, since this worker was told to stop.
    Interrupted,
    /// Another will follow, since the record was lost meanwhile.
    Forgotten,
    /// Another worker has it.
    Lost,
    /// Another will follow, since the status store did not take the outcome.
    Unrecorded,
}

impl Ending {
    /// The word in the log and in the metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Error => "error",
            Self::Deleted => "deleted",
            Self::Failed => "failed",
            Self::Postponed => "postponed",
            Self::Interrupted => "interrupted",
            Self::Forgotten => "forgotten",
            Self::Lost => "lost",
            Self::Unrecorded => "unrecorded",
        }
    }

    /// Whether the job is done with.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Error | Self::Deleted)
    }

    /// Whether somebody may have to look after what is behind it.
    pub(super) fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::Postponed | Self::Forgotten | Self::Unrecorded
        )
    }

    /// What the log says to people.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Completed => "made a thumbnail",
            Self::Error => "there is no thumbnail",
            Self::Deleted => "the image was deleted meanwhile",
            Self::Failed => "to be retried",
            Self::Postponed => "postponed",
            Self::Interrupted => "interrupted",
            Self::Forgotten => "the record of the image was lost meanwhile",
            Self::Lost => "another worker has the job",
            Self::Unrecorded => "the outcome could not be recorded",
        }
    }
}
