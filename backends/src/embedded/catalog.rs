use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use thumbnailify_core::{Announcement, Catalog, CatalogStore, Result};

/// Holds in memory what the workers of this process announced.
#[derive(Debug)]
pub struct LocalCatalog {
    forget_after: Duration,
    heard: Mutex<BTreeMap<String, Heard>>,
}

#[derive(Debug)]
struct Heard {
    at: Instant,
    catalog: Catalog,
}

impl LocalCatalog {
    /// Starts with no worker. A worker that is silent for `forget_after` is forgotten.
    #[must_use]
    pub fn new(forget_after: Duration) -> Self {
        Self {
            forget_after,
            heard: Mutex::default(),
        }
    }

    /// The workers, without those that are silent; the last that was heard stays in any case.
    fn living(&self) -> MutexGuard<'_, BTreeMap<String, Heard>> {
        // Each change is a single insertion or removal, so a panic elsewhere leaves nothing half done.
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let last = heard.values().map(|worker| worker.at).max();
        let is_living = |at: Instant| at.elapsed() < self.forget_after || Some(at) == last;
        heard.retain(|_, worker| is_living(worker.at));
        heard
    }
}

#[async_trait]
impl CatalogStore for LocalCatalog {
    async fn announce(&self, worker: &str, catalog: &Catalog) -> Result<()> {
        let heard = Heard {
            at: Instant::now(),
            catalog: catalog.clone(),
        };
        self.living().insert(worker.to_owned(), heard);
        Ok(())
    }

    async fn announced(&self) -> Result<Vec<Announcement>> {
        let living = self.living();
        let announced = living.iter().map(|(worker, heard)| Announcement {
            worker: worker.clone(),
            catalog: heard.catalog.clone(),
        });
        Ok(announced.collect())
    }
}
