use std::io;
use std::path::PathBuf;

use futures::StreamExt;
use inotify::{EventMask, EventStream, Inotify, WatchMask};

/// Room for a few hundred events; what does not fit comes later.
type Buffer = [u8; 4096];

/// The folder itself was moved or deleted, or another file system lies over it.
const FOLDER_IS_GONE: EventMask = EventMask::IGNORED
    .union(EventMask::MOVE_SELF)
    .union(EventMask::DELETE_SELF)
    .union(EventMask::UNMOUNT);

/// Notices changes of a folder by the kernel's word.
pub(super) struct Notice {
    folder: PathBuf,
    events: Option<EventStream<Buffer>>,
}

impl Notice {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            events: None,
        }
    }

    /// Waits for a change. It waits for ever where the kernel gives no word: the folder is not there, or its
    /// file system tells nothing; whoever waits has a clock as well.
    pub(super) async fn changed(&mut self) {
        if self.events.is_none() {
            self.events = self.subscribe().ok();
        }
        if let Some(events) = &mut self.events {
            match events.next().await {
                Some(Ok(event)) if !event.mask.intersects(FOLDER_IS_GONE) => return,
                // The word of the kernel is of no use any more: ask anew next time.
                _ => self.events = None,
            }
        }
        std::future::pending().await
    }

    fn subscribe(&self) -> io::Result<EventStream<Buffer>> {
        let inotify = Inotify::init()?;
        let changes = WatchMask::CREATE
            | WatchMask::CLOSE_WRITE
            | WatchMask::MOVED_TO
            | WatchMask::MOVED_FROM
            | WatchMask::DELETE
            | WatchMask::ATTRIB
            | WatchMask::DELETE_SELF
            | WatchMask::MOVE_SELF
            | WatchMask::ONLYDIR;
        inotify.watches().add(&self.folder, changes)?;
        inotify.into_event_stream([0; 4096])
    }
}
