use std::fmt;

/// What takes time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Operation {
    /// From the planned start to the real one: how late the generator itself is.
    Start,
    /// A producer's storing of the original and the record, from the planned start.
    Store,
    /// The upload, from the planned start to its answer.
    Upload,
    /// The publishing of a job, from sending it to the acknowledgement.
    Publish,
    /// From the acknowledgement of a job until a worker has claimed it.
    QueueWait,
    /// From the claim to the outcome.
    Processing,
    /// A read of a status.
    Status,
    /// A read of a page of the list.
    List,
    /// From the planned start until the outcome is known.
    Completed,
    /// The fetching of a thumbnail.
    Thumbnail,
    /// From the planned start until the thumbnail is there.
    Whole,
    /// The deletion of an image.
    Delete,
    /// The asking for another try of an image in Error.
    Retry,
    /// The taking of a message from a bare queue.
    Pull,
    /// The double acknowledgement of a message of a bare queue.
    Acknowledge,
}

impl Operation {
    /// What it is called in the log of requests.
    #[must_use]
    pub fn verb(self) -> &'static str {
        self.name().trim_end_matches(" *")
    }

    /// Its name in tables. Those with a star count from the planned start.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start late by",
            Self::Store => "store *",
            Self::Upload => "upload *",
            Self::Publish => "publish",
            Self::QueueWait => "queue wait",
            Self::Processing => "processing",
            Self::Status => "status",
            Self::List => "list",
            Self::Completed => "completed *",
            Self::Thumbnail => "thumbnail",
            Self::Whole => "whole *",
            Self::Delete => "delete",
            Self::Retry => "retry",
            Self::Pull => "pull",
            Self::Acknowledge => "double ack",
        }
    }
}

/// What is measured: an operation, of one kind of picture or of all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Measure {
    /// What takes time.
    pub operation: Operation,
    /// The picture or media type it is about. `None` for all.
    pub of: Option<String>,
}

impl From<Operation> for Measure {
    fn from(operation: Operation) -> Self {
        Self {
            operation,
            of: None,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation.name();
        match &self.of {
            None => formatter.write_str(name),
            Some(of) => write!(formatter, "{name} {of}"),
        }
    }
}
