use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thumbnailify_core::{Announcement, CatalogStore, Error, MediaType, Result};
use tokio::time::{Instant, timeout};

/// How old an answer may be. It spares the store a question for each upload.
const FRESH: Duration = Duration::from_secs(1);

/// How long a caller waits for a newer answer than the one that is there.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a caller waits where there is no answer yet. A store gives up sooner by itself.
const FIRST_PATIENCE: Duration = Duration::from_secs(4);

/// The announcements of the workers, read at most once a second.
///
/// While the store is away the last good answer serves: handlers change seldom, and an upload that no
/// worker can handle any more ends as Error, not as a loss. Only the very first answer is waited for.
#[derive(Debug)]
pub(crate) struct CachedCatalog {
    store: Arc<dyn CatalogStore>,
    cache: Mutex<Cache>,
    /// Held by the one caller that asks the store.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug, Default)]
struct Cache {
    asked_at: Option<Instant>,
    last_good: Option<Arc<[Announcement]>>,
}

impl CachedCatalog {
    pub(crate) fn new(store: Arc<dyn CatalogStore>) -> Self {
        Self {
            store,
            cache: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// What the workers announced. An error only when no answer ever named a worker.
    pub(crate) async fn announced(&self) -> Result<Arc<[Announcement]>> {
        let cache = self.cache().clone();
        match cache.last_good {
            Some(last_good) if !last_good.is_empty() => {
                if was_lately(cache.asked_at) {
                    Ok(last_good)
                } else {
                    Ok(self.renewed(last_good).await)
                }
            }
            _ => self.first().await,
        }
    }

    /// The current word of the workers, asked for past the cache; the last good one while the store is away.
    pub(crate) async fn current(&self) -> Result<Arc<[Announcement]>> {
        let waiting_since = Instant::now();
        let known = self.cache().last_good.clone();
        if known.is_none_or(|last_good| last_good.is_empty()) {
            return self.first().await;
        }
        let _asking = self.asking.lock().await;
        let cache = self.cache().clone();
        let answered_meanwhile = cache.asked_at >= Some(waiting_since);
        match cache.last_good {
            Some(last_good) if answered_meanwhile => Ok(last_good),
            Some(last_good) => Ok(self.ask_or(last_good).await),
            None => self.ask(FIRST_PATIENCE).await,
        }
    }

    /// A newer answer, or the last good one while another caller asks or the store is away.
    async fn renewed(&self, last_good: Arc<[Announcement]>) -> Arc<[Announcement]> {
        let Ok(_asking) = self.asking.try_lock() else {
            return last_good;
        };
        self.ask_or(last_good).await
    }

    /// A newer answer, or the last good one where there is none.
    async fn ask_or(&self, last_good: Arc<[Announcement]>) -> Arc<[Announcement]> {
        self.ask(PATIENCE).await.unwrap_or_else(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the catalog cannot be read; its last word counts");
            last_good
        })
    }

    /// The first answer that names a worker. It is asked for again at once after an empty one, since the
    /// first worker should be seen when it comes.
    async fn first(&self) -> Result<Arc<[Announcement]>> {
        let waiting_since = Instant::now();
        // Held while the store is asked, so that many callers ask once.
        let _asking = self.asking.lock().await;
        let cache = self.cache().clone();
        let answered_meanwhile = cache.asked_at >= Some(waiting_since);
        match cache.last_good {
            Some(last_good) if answered_meanwhile => Ok(last_good),
            None if was_lately(cache.asked_at) => {
                Err(Error::unavailable("catalog", "it failed a moment ago"))
            }
            _ => self.ask(FIRST_PATIENCE).await,
        }
    }

    /// Asks the store. A failure counts as asking too, so a slow store is not asked by everyone in turn.
    async fn ask(&self, patience: Duration) -> Result<Arc<[Announcement]>> {
        let answer = timeout(patience, self.store.announced()).await;
        let answer = answer.unwrap_or_else(|elapsed| Err(Error::unavailable("catalog", elapsed)));
        let mut cache = self.cache();
        cache.asked_at = Some(Instant::now());
        let announcements: Arc<[Announcement]> = answer?.into();
        cache.last_good = Some(Arc::clone(&announcements));
        Ok(announcements)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Nothing panics while it is held, and each field is whole by itself.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn was_lately(asked_at: Option<Instant>) -> bool {
    asked_at.is_some_and(|asked_at| asked_at.elapsed() < FRESH)
}

/// The media types that some worker handles, sorted, each once.
pub(crate) fn media_types(announcements: &[Announcement]) -> Vec<&MediaType> {
    let mut types: Vec<_> = announcements
        .iter()
        .flat_map(|announcement| announcement.catalog.media_types())
        .collect();
    types.sort();
    types.dedup();
    types
}

/// Whether some worker has a handler for the type and has taken it out of service.
pub(crate) fn is_suspended(announcements: &[Announcement], media_type: &MediaType) -> bool {
    announcements.iter().any(|announcement| {
        let suspended = announcement.catalog.suspended_media_types();
        suspended.contains(&media_type)
    })
}
