use std::ops::Deref;
use std::sync::Arc;

use prometheus_client::registry::Registry;
use thumbnailify_core::{Ports, Side};
use tokio_util::sync::CancellationToken;

use crate::admission::FullQueue;
use crate::catalog::CachedCatalog;
use crate::config::Config;
use crate::metrics::Metrics;

/// What every endpoint has at hand. Clones are the same API, and cheap: each layer of a request takes one.
#[derive(Clone, Debug)]
pub struct Api(Arc<Parts>);

/// What the API consists of.
#[derive(Debug)]
pub struct Parts {
    pub(crate) ports: Ports,
    pub(crate) config: Arc<Config>,
    /// The longest side that a client may ask for.
    pub(crate) largest_side: Side,
    pub(crate) catalog: Arc<CachedCatalog>,
    pub(crate) metrics: Metrics,
    pub(crate) full_queue: Arc<FullQueue>,
    /// Set once the server is told to stop: requests should go elsewhere.
    pub(crate) leaving: CancellationToken,
    /// Set once no more requests are taken: whoever waits for something then answers at once.
    pub(crate) closing: CancellationToken,
}

impl Api {
    /// Puts the API in front of the ports. The configuration is expected to be validated; no client may
    /// ask for a thumbnail with a side above `largest_side`. What the other parts of the process count is in
    /// `metrics`, from [`crate::registry`], and is told with what the API counts.
    #[must_use]
    pub fn new(ports: Ports, config: Config, largest_side: Side, metrics: Registry) -> Self {
        let catalog = CachedCatalog::new(Arc::clone(&ports.catalog));
        Self(Arc::new(Parts {
            ports,
            config: Arc::new(config),
            largest_side,
            catalog: Arc::new(catalog),
            metrics: Metrics::new(metrics),
            full_queue: Arc::default(),
            leaving: CancellationToken::new(),
            closing: CancellationToken::new(),
        }))
    }
}

impl Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
