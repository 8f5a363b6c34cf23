use async_trait::async_trait;
use redis::aio::ConnectionManager;
use thumbnailify_core::{Announcement, Catalog, CatalogStore, Error, Result};

use super::BACKEND;
use super::keys::{WORKER_CATALOGS, WORKERS_HEARD};
use super::store::RedisStore;

#[async_trait]
impl CatalogStore for RedisStore {
    async fn announce(&self, worker: &str, catalog: &Catalog) -> Result<()> {
        let catalog = serde_json::to_string(catalog)
            .map_err(|error| Error::broken(BACKEND, error.to_string()))?;
        let mut call = self.scripts.announce.prepare_invoke();
        call.key(WORKERS_HEARD).key(WORKER_CATALOGS);
        call.arg(worker).arg(catalog);
        call.arg(self.settings.forget_worker_after_ms);
        let call = &call;
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async::<()>(&mut connection).await
        };
        self.connection.call(ask).await
    }

    async fn announced(&self) -> Result<Vec<Announcement>> {
        let mut call = self.scripts.announced.prepare_invoke();
        call.key(WORKERS_HEARD).key(WORKER_CATALOGS);
        call.arg(self.settings.forget_worker_after_ms);
        let call = &call;
        let ask = |mut connection: ConnectionManager| async move {
            call.invoke_async::<Vec<(String, String)>>(&mut connection)
                .await
        };
        let announced = self.connection.call(ask).await?;
        let mut announced: Vec<_> = announced.into_iter().filter_map(read).collect();
        announced.sort_by(|one, other| one.worker.cmp(&other.worker));
        Ok(announced)
    }
}

/// Reads an announcement. One that cannot be read must not hide those of the other workers.
fn read((worker, catalog): (String, String)) -> Option<Announcement> {
    match serde_json::from_str(&catalog) {
        Ok(catalog) => Some(Announcement { worker, catalog }),
        Err(error) => {
            tracing::warn!(worker, %error, "the announcement of a worker cannot be read");
            None
        }
    }
}
