use std::collections::BTreeMap;

use crate::Entry;

/// What a log says of one image.
#[derive(Debug)]
pub(crate) struct Image<'a> {
    pub(crate) id: &'a str,
    /// Whether its upload was answered with 202.
    pub(crate) is_accepted: bool,
    /// In the order in which the requests were sent.
    pub(crate) entries: Vec<&'a Entry<'a>>,
}

impl<'a> Image<'a> {
    /// Sorts a log by image. What concerns none is left out.
    pub(crate) fn all(log: &'a [Entry<'a>]) -> Vec<Self> {
        let mut images = BTreeMap::<&str, Vec<&Entry<'_>>>::new();
        for entry in log {
            if let Some(id) = entry.media_id.as_deref() {
                images.entry(id).or_default().push(entry);
            }
        }
        let images = images.into_iter().map(|(id, mut entries)| {
            entries.sort_by_key(|entry| entry.sent_us);
            let accepted =
                |entry: &&Entry<'_>| entry.operation == "upload" && entry.code == Some(202);
            let is_accepted = entries.iter().any(accepted);
            Self {
                id,
                is_accepted,
                entries,
            }
        });
        images.collect()
    }

    pub(crate) fn of<'b>(&'b self, operation: &'b str) -> impl Iterator<Item = &'b Entry<'a>> {
        let entries = self.entries.iter().copied();
        entries.filter(move |entry| entry.operation == operation)
    }

    /// When its deletion was asked for first. From then on it may be gone at any time.
    pub(crate) fn deletion_asked_us(&self) -> Option<u64> {
        self.of("delete").map(|entry| entry.sent_us).min()
    }

    /// When a client first knew that its deletion was done: it was told so, or that the image is unknown.
    pub(crate) fn gone_us(&self) -> Option<u64> {
        let asked_us = self.deletion_asked_us()?;
        let entries = self.entries.iter();
        let tells = entries.filter(|entry| {
            let is_done = entry.operation == "delete" && entry.code == Some(204);
            is_done || (entry.is_unknown() && entry.answered_us >= asked_us)
        });
        tells.map(|entry| entry.answered_us).min()
    }

    /// The last state that an answer told.
    pub(crate) fn last_told(&self) -> Option<&Entry<'a>> {
        let told = self.entries.iter().copied();
        let told = told.filter(|entry| entry.state.is_some());
        told.max_by_key(|entry| entry.answered_us)
    }
}
