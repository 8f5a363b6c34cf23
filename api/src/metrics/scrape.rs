use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::registry::Registry;
use thumbnailify_core::{Ports, Result};
use tokio::time::timeout;

use super::handlers::Announced;
use super::queue::Backlog;
use super::{Metrics, PREFIX};
use crate::catalog::CachedCatalog;

/// How long what is asked for may take. Who reads the metrics has better use for the rest than for none.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much of the system a process answers for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scope {
    /// For all of it, as the API does.
    System,
    /// For itself, so that no worker repeats what the API says.
    Process,
}

impl Metrics {
    /// Writes all metrics. What cannot be learnt for now is left out.
    pub(crate) async fn exposition(
        &self,
        scope: Scope,
        ports: &Ports,
        catalog: &CachedCatalog,
    ) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        if scope == Scope::System {
            encode(&mut text, &learnt(ports, catalog).await)?;
        }
        Ok(text)
    }
}

/// What is asked for anew each time.
async fn learnt(ports: &Ports, catalog: &CachedCatalog) -> Registry {
    let (depth, oldest_open, announced) = tokio::join!(
        ask("the depth of the queue", ports.queue.depth()),
        ask("the age of the oldest job", ports.status.oldest_open()),
        ask("the metrics of the handlers", catalog.current()),
    );
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Backlog { depth, oldest_open }));
    if let Some(announcements) = announced {
        registry.register_collector(Box::new(Announced(announcements)));
    }
    registry
}

async fn ask<T>(what: &str, answer: impl Future<Output = Result<T>>) -> Option<T> {
    match timeout(PATIENCE, answer).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(what, error, "a part of the metrics cannot be read");
            None
        }
        Err(_) => {
            tracing::warn!(what, "a part of the metrics cannot be read: no answer");
            None
        }
    }
}
