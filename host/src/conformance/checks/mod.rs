//! One file per group of checks.

mod corpus;
mod damage;
mod description;
mod rubbish;

pub(super) use corpus::corpus;
pub(super) use description::description;
pub(super) use rubbish::rubbish;
