use std::sync::Arc;
use std::time::Duration;

use thumbnailify_core::{Announcement, CatalogStore, Error, MediaType, Result};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How old an answer may be. It spares the store a question for each upload.
const FRESH: Duration = Duration::from_secs(1);

/// The announcements of the workers, read at most once a second.
///
/// While the store is away the last good answer serves: handlers change seldom, and an upload that no
/// worker can handle any more ends as Error, not as a loss.
#[derive(Debug)]
pub(crate) struct CachedCatalog {
    store: Arc<dyn CatalogStore>,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    asked_at: Option<Instant>,
    last_good: Option<Arc<[Announcement]>>,
}

impl CachedCatalog {
    pub(crate) fn new(store: Arc<dyn CatalogStore>) -> Self {
        Self {
            store,
            cache: Mutex::default(),
        }
    }

    /// What the workers announced. An error only when there never was an answer.
    pub(crate) async fn announced(&self) -> Result<Arc<[Announcement]>> {
        // Held while the store is asked, so that many requests ask once.
        let mut cache = self.cache.lock().await;
        let failure = if cache.is_fresh() {
            None
        } else {
            self.refresh(&mut cache).await.err()
        };
        match (&cache.last_good, failure) {
            (Some(announcements), None) => Ok(Arc::clone(announcements)),
            (Some(announcements), Some(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the catalog cannot be read; its last word counts");
                Ok(Arc::clone(announcements))
            }
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::unavailable("catalog", "it failed a moment ago")),
        }
    }

    /// Asks the store. A failure counts as asking too, so a slow store is not asked by everyone in turn.
    async fn refresh(&self, cache: &mut Cache) -> Result<()> {
        let answer = self.store.announced().await;
        cache.asked_at = Some(Instant::now());
        cache.last_good = Some(answer?.into());
        Ok(())
    }
}

impl Cache {
    /// An empty answer is asked for again at once: the first worker should be seen when it comes.
    fn is_fresh(&self) -> bool {
        let is_empty = self
            .last_good
            .as_ref()
            .is_some_and(|announcements| announcements.is_empty());
        !is_empty
            && self
                .asked_at
                .is_some_and(|asked_at| asked_at.elapsed() < FRESH)
    }
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
