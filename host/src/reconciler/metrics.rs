use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Kind;

/// What a reconciler counts. Clones are the same.
#[derive(Clone, Debug)]
pub struct RepairMetrics {
    repairs: Family<RepairLabels, Counter>,
    pub(super) leads: Gauge,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct RepairLabels {
    kind: &'static str,
    outcome: &'static str,
}

impl RepairMetrics {
    /// Adds all of it to a registry.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            repairs: Family::default(),
            leads: Gauge::default(),
        };
        let help = "What was found out of order, by whether it could be put right";
        registry.register("repairs", help, metrics.repairs.clone());
        let help = "Whether this worker is the one that looks after the system";
        registry.register("reconciler_leads", help, metrics.leads.clone());
        for kind in Kind::ALL {
            metrics.count(kind, Outcome::Mended, 0);
            metrics.count(kind, Outcome::Failed, 0);
        }
        metrics
    }

    pub(super) fn count(&self, kind: Kind, outcome: Outcome, count: u64) {
        let labels = RepairLabels {
            kind: kind.as_str(),
            outcome: match outcome {
                Outcome::Mended => "mended",
                Outcome::Failed => "failed",
            },
        };
        self.repairs.get_or_create(&labels).inc_by(count);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Mended,
    Failed,
}
