use anyhow::Result;
use clap::ValueEnum;

use crate::pictures::{Mix, MixName};

/// A kind of work whose cost is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Work {
    /// Whole jobs: the three pictures of the original.
    Mix,
    /// Whole jobs: the two small ones.
    Small,
    /// Whole jobs: the large one.
    Large,
    /// Whole jobs: a PNG of 64x64 pixels, which is nothing but overhead.
    Tiny,
    /// Whole jobs: a GIF of 100 frames of 300x225 pixels.
    Gif,
    /// Reads of a status.
    Status,
    /// Uploads of the three pictures, stored and queued durably.
    Post,
    /// Reads of a thumbnail.
    Thumbnail,
}

/// Seconds of CPU per 1000.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Reference {
    /// What the original needs.
    pub(super) original: f64,
    /// What we want to need.
    pub(super) goal: f64,
}

impl Work {
    /// What it is called in tables.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mix => "whole job, original mix",
            Self::Small => "whole job, two small pictures",
            Self::Large => "whole job, large picture",
            Self::Tiny => "whole job, PNG 64x64",
            Self::Gif => "whole job, GIF of 100 frames",
            Self::Status => "status GET",
            Self::Post => "POST, original mix",
            Self::Thumbnail => "thumbnail GET",
        }
    }

    pub(super) fn reference(self) -> Reference {
        let (original, goal) = match self {
            Self::Mix => (51.0, 5.0),
            Self::Small => (12.4, 3.0),
            Self::Large => (125.0, 8.0),
            Self::Tiny => (6.5, 1.0),
            Self::Gif => (7_200.0, 150.0),
            Self::Status => (0.21, 0.03),
            Self::Post => (1.7, 0.5),
            Self::Thumbnail => (0.55, 0.06),
        };
        Reference { original, goal }
    }

    /// The pictures that are uploaded for it. Those of reads are made beforehand.
    pub(super) fn mix(self) -> Result<Mix> {
        Mix::new(match self {
            Self::Mix | Self::Post => MixName::Original,
            Self::Small => MixName::Small,
            Self::Large => MixName::Large,
            Self::Tiny | Self::Status | Self::Thumbnail => MixName::Tiny,
            Self::Gif => MixName::Gif,
        })
    }
}
