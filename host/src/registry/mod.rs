//! Knows the handler of each media type, from what the handlers themselves declare.
//!
//! Handlers come and go while jobs run: a job keeps the handler that it was given.

mod in_service;
mod place;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use thumbnailify_core::{Catalog, MediaType};
use tokio::sync::watch;

use self::in_service::InService;
pub(crate) use self::place::FailedFile;
use self::place::Place;
use crate::record::EndedRun;
use crate::{Handler, ServiceConfig};

/// How long it is remembered that a media type was taken. No job waits as long.
const ORPHANS_KEPT: Duration = Duration::from_secs(24 * 3_600);

/// Every handler that is there, and which of them takes what.
#[derive(Debug)]
pub struct Registry {
    config: ServiceConfig,
    since: Instant,
    inner: RwLock<Inner>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Inner {
    built_in: Vec<Place>,
    /// By file name.
    files: BTreeMap<String, Place>,
    in_service: InService,
    /// Since when nothing takes a media type that something took before.
    orphaned: BTreeMap<MediaType, Instant>,
}

impl Registry {
    /// Starts with the program's own handlers.
    #[must_use]
    pub fn new(built_in: Vec<Handler>, config: ServiceConfig) -> Self {
        let inner = Inner {
            built_in: built_in.into_iter().map(Place::with).collect(),
            ..Inner::default()
        };
        let registry = Self {
            config,
            since: Instant::now(),
            inner: RwLock::new(inner),
            changed: watch::Sender::new(()),
        };
        registry.change(|_| ());
        registry
    }

    /// The handler that takes a media type.
    #[must_use]
    pub fn handler_for(&self, media_type: &MediaType) -> Option<Arc<Handler>> {
        self.read().in_service.handler_for(media_type).cloned()
    }

    /// The media type that a handler in service declares for a file name extension.
    #[must_use]
    pub fn media_type_of(&self, extension: &str) -> Option<MediaType> {
        self.read().in_service.media_type_of(extension).cloned()
    }

    /// How long nothing takes a media type, as far as this registry knows.
    #[must_use]
    pub fn missing_for(&self, media_type: &MediaType) -> Duration {
        let inner = self.read();
        inner
            .orphaned
            .get(media_type)
            .unwrap_or(&self.since)
            .elapsed()
    }

    /// Tells whether a handler that is suspended takes a media type.
    #[must_use]
    pub fn is_suspended(&self, media_type: &MediaType) -> bool {
        let inner = self.read();
        let mut living = inner.places().flat_map(Place::living);
        living.any(|handler| handler.takes(media_type))
    }

    /// Tells whether this build of a handler serves, or will again.
    #[must_use]
    pub fn has_build(&self, sha256: &str) -> bool {
        let inner = self.read();
        let mut living = inner.places().flat_map(Place::living);
        living.any(|handler| handler.identity().sha256 == sha256)
    }

    /// Every handler and every file that is none, as they are listed for users.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        let inner = self.read();
        let summaries = inner
            .places()
            .flat_map(|place| place.summaries(&inner.in_service));
        Catalog {
            handlers: summaries.collect(),
        }
    }

    /// Tells of every change from now on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Puts the handler of a file into service. The one before goes on with the jobs that it has.
    pub(crate) fn put(&self, file_name: &str, handler: Handler) {
        let handler = Arc::new(handler);
        self.change(|inner| inner.file(file_name).renew(handler));
    }

    /// A file whose handler runs on code that was compiled in haste, and that handler.
    pub(crate) fn could_be_faster(
        &self,
        is_wanted: impl Fn(&Handler) -> bool,
    ) -> Option<(String, Arc<Handler>)> {
        let inner = self.read();
        let mut files = inner.files.iter();
        files.find_map(|(file_name, place)| {
            let handler = place.current()?;
            (handler.could_be_faster() && is_wanted(handler))
                .then(|| (file_name.clone(), Arc::clone(handler)))
        })
    }

    /// Notes that a file is no handler. The last good one of this file stays in service.
    pub(crate) fn fail(&self, file_name: &str, failed: FailedFile) {
        self.change(|inner| inner.file(file_name).fail(failed));
    }

    /// Takes the handler of a file out of service.
    pub(crate) fn remove(&self, file_name: &str) {
        self.change(|inner| inner.files.remove(file_name));
    }

    /// Counts a run, and takes the handler out of service when it crashes on most uploads.
    pub(crate) fn note(&self, handler: &Arc<Handler>, run: &EndedRun<'_>) {
        if handler.record.add(run, self.config.judged_runs) {
            let until = Instant::now() + self.config.suspend();
            self.change(|inner| {
                inner
                    .places_mut()
                    .for_each(|place| place.suspend(handler, until));
            });
        }
    }

    /// Brings back the handlers whose suspension is over.
    pub(crate) fn lift_suspensions(&self, now: Instant) {
        let is_due = self.read().places().any(|place| place.is_due(now));
        if is_due {
            self.change(|inner| inner.places_mut().for_each(|place| place.lift(now)));
        }
    }

    /// Changes something, and settles anew who takes what.
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) {
        let mut inner = self.write();
        change(&mut inner);
        let settled = inner.settle(self.config.replace_built_in);
        inner.note_orphans(&settled);
        inner.in_service = settled;
        drop(inner);
        self.changed.send_replace(());
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        // A change is settled in one go, and nothing in it panics.
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn file(&mut self, file_name: &str) -> &mut Place {
        self.files.entry(file_name.to_owned()).or_default()
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        self.built_in.iter().chain(self.files.values())
    }

    fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.built_in.iter_mut().chain(self.files.values_mut())
    }

    fn note_orphans(&mut self, settled: &InService) {
        let now = Instant::now();
        for media_type in self.in_service.media_types() {
            self.orphaned.entry(media_type.clone()).or_insert(now);
        }
        self.orphaned.retain(|media_type, since| {
            settled.handler_for(media_type).is_none() && now.duration_since(*since) < ORPHANS_KEPT
        });
    }

    /// The first handler of a media type takes it: the built-in ones before the files, unless files may
    /// replace them; files by name.
    fn settle(&self, replace_built_in: bool) -> InService {
        let built_in = || self.built_in.iter().filter_map(Place::current);
        let files = || self.files.values().filter_map(Place::current);
        if replace_built_in {
            InService::settle(files().chain(built_in()))
        } else {
            InService::settle(built_in().chain(files()))
        }
    }
}
