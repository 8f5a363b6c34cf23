//! Every limit of this crate, with its default.

mod budgets;
mod compile;
mod limits;
mod listen;
mod reconcile;
mod service;
mod thumbnail;
mod worker;

pub use budgets::{BudgetPolicy, Class, LimitsChange};
pub use compile::CompileConfig;
pub use limits::Limits;
pub use listen::{InvalidListen, Listen};
pub use reconcile::{ReconcileConfig, RetentionConfig};
pub use service::ServiceConfig;
pub use thumbnail::ThumbnailSpec;
pub use worker::WorkerConfig;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        BudgetPolicy::default().validate().unwrap();
        CompileConfig::default().validate().unwrap();
        ReconcileConfig::default().validate().unwrap();
        RetentionConfig::default().validate().unwrap();
        ServiceConfig::default().validate().unwrap();
        ThumbnailSpec::default().validate().unwrap();
        WorkerConfig::default().validate().unwrap();
    }
}
