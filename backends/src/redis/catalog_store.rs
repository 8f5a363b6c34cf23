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
        let announced = self.connection.call(ask).await?.into_iter().map(read);
        let mut announced: Vec<_> = announced.collect::<Result<_>>()?;
        announced.sort_by(|one, other| one.worker.cmp(&other.worker));
        Ok(announced)
    }
}

fn read((worker, catalog): (String, String)) -> Result<Announcement> {
    match serde_json::from_str(&catalog) {
        Ok(catalog) => Ok(Announcement { worker, catalog }),
        Err(error) => {
            let detail = format!("the catalog of worker {worker} cannot be read: {error}");
            Err(Error::broken(BACKEND, detail))
        }
    }
}
