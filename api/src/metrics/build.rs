use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// Names the program that measures.
pub(super) fn register(registry: &mut Registry) {
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "The version of this program", version);
}
