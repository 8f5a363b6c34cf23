//! The command line.

mod check;
mod common;
mod cost;
mod http;
mod nats;
mod run;
mod status;

use clap::{Parser, Subcommand};

pub use run::run;

/// Puts load on Thumbnailify, and follows every accepted upload to its end.
///
/// Exit code: 0 when all limits were kept, 1 when one was not or a promise was broken, 2 when the run could
/// not be made.
#[derive(Debug, Parser)]
#[command(name = "thumbnailify-load", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Whole journeys over HTTP: upload, outcome, thumbnail, deletion.
    Http(http::HttpArgs),
    /// Jobs straight on the queue, as a producer of its own publishes them.
    Nats(nats::NatsArgs),
    /// What the work costs, in seconds of CPU of all processes.
    Cost(cost::CostArgs),
    /// Reads of statuses and of the list.
    Status(status::StatusArgs),
    /// Looks through the log of a run for broken promises.
    Check(check::CheckArgs),
}
