use std::fmt;

use thumbnailify_core::{MediaId, MediaKey, Status, StoredFile};

/// Something that is not as it should be, and what is needed to mend it.
#[derive(Clone, PartialEq, Debug)]
pub enum Finding {
    /// The job of an open medium is not known to be in the queue.
    Unpublished(Box<Status>),
    /// The queue had the job of an open medium and has it no more.
    LostJob(Box<Status>),
    /// The worker of an open medium is gone, and the queue does not bring it back.
    LapsedClaim(Box<Status>),
    /// An original has no record: it was lost, or never made.
    UnrecordedOriginal(StoredFile),
    /// An original is not needed any more.
    UnneededOriginal(StoredFile),
    /// No record names a thumbnail.
    OrphanThumbnail(StoredFile),
    /// The thumbnail of a completed medium is not there.
    LostThumbnail(Box<Status>),
    /// A medium was kept for as long as it was to be.
    Expired(Box<Status>),
    /// Files were begun by who did not live to end them.
    UnfinishedFiles(u64),
    /// The queue counts messages that it will never hand out.
    Ghosts(u64),
    /// Lists were out of step with the records.
    ListEntries(u64),
}

/// The kinds of findings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// [`Finding::Unpublished`].
    Unpublished,
    /// [`Finding::LostJob`].
    LostJob,
    /// [`Finding::LapsedClaim`].
    LapsedClaim,
    /// [`Finding::UnrecordedOriginal`].
    UnrecordedOriginal,
    /// [`Finding::UnneededOriginal`].
    UnneededOriginal,
    /// [`Finding::OrphanThumbnail`].
    OrphanThumbnail,
    /// [`Finding::LostThumbnail`].
    LostThumbnail,
    /// [`Finding::Expired`].
    Expired,
    /// [`Finding::UnfinishedFiles`].
    UnfinishedFiles,
    /// [`Finding::Ghosts`].
    Ghosts,
    /// [`Finding::ListEntries`].
    ListEntries,
}

impl Finding {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unpublished(_) => Kind::Unpublished,
            Self::LostJob(_) => Kind::LostJob,
            Self::LapsedClaim(_) => Kind::LapsedClaim,
            Self::UnrecordedOriginal(_) => Kind::UnrecordedOriginal,
            Self::UnneededOriginal(_) => Kind::UnneededOriginal,
            Self::OrphanThumbnail(_) => Kind::OrphanThumbnail,
            Self::LostThumbnail(_) => Kind::LostThumbnail,
            Self::Expired(_) => Kind::Expired,
            Self::UnfinishedFiles(_) => Kind::UnfinishedFiles,
            Self::Ghosts(_) => Kind::Ghosts,
            Self::ListEntries(_) => Kind::ListEntries,
        }
    }

    /// How many things were found.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::UnfinishedFiles(count) | Self::Ghosts(count) | Self::ListEntries(count) => *count,
            _ => 1,
        }
    }

    /// The medium, where it is about one.
    #[must_use]
    pub fn media_id(&self) -> Option<MediaId> {
        let of_key = |key: &MediaKey| {
            let (_, file) = MediaKey::parse(key.as_str())?;
            Some(file.media_id())
        };
        match self {
            Self::Unpublished(status)
            | Self::LostJob(status)
            | Self::LapsedClaim(status)
            | Self::LostThumbnail(status)
            | Self::Expired(status) => Some(status.media_id),
            Self::UnrecordedOriginal(file)
            | Self::UnneededOriginal(file)
            | Self::OrphanThumbnail(file) => of_key(&file.key),
            Self::UnfinishedFiles(_) | Self::Ghosts(_) | Self::ListEntries(_) => None,
        }
    }
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Unpublished,
        Self::LostJob,
        Self::LapsedClaim,
        Self::UnrecordedOriginal,
        Self::UnneededOriginal,
        Self::OrphanThumbnail,
        Self::LostThumbnail,
        Self::Expired,
        Self::UnfinishedFiles,
        Self::Ghosts,
        Self::ListEntries,
    ];

    /// The name, as metrics and the log have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unpublished => "unpublished",
            Self::LostJob => "lost-job",
            Self::LapsedClaim => "lapsed-claim",
            Self::UnrecordedOriginal => "unrecorded-original",
            Self::UnneededOriginal => "unneeded-original",
            Self::OrphanThumbnail => "orphan-thumbnail",
            Self::LostThumbnail => "lost-thumbnail",
            Self::Expired => "expired",
            Self::UnfinishedFiles => "unfinished-files",
            Self::Ghosts => "ghosts",
            Self::ListEntries => "list-entries",
        }
    }

    /// What was done about it, in words.
    #[must_use]
    pub fn mended(self) -> &'static str {
        match self {
            Self::Unpublished => "jobs were published that were not known to be in the queue",
            Self::LostJob => "images were queued anew whose job the queue had lost",
            Self::LapsedClaim => "images were queued anew whose worker is gone",
            Self::UnrecordedOriginal => "originals without a record were recorded and queued",
            Self::UnneededOriginal => "originals that nobody needs were deleted",
            Self::OrphanThumbnail => "thumbnails that no record names were deleted",
            Self::LostThumbnail => "images were queued anew whose thumbnail is lost",
            Self::Expired => "images were deleted at the end of their time",
            Self::UnfinishedFiles => "unfinished files were deleted",
            Self::Ghosts => "messages that would never be handed out were removed",
            Self::ListEntries => "lists were put back in step with the records",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
