use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;

use super::{Queue, Status};

/// The settings that have a flag. The names are those of the configuration file.
#[derive(Clone, Default, Debug, Serialize, clap::Args)]
pub(crate) struct Flags {
    /// The address that the API listens on; port 0 takes a free one [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) listen: Option<SocketAddr>,
    /// The folder that everything embedded lives under [default: ./data].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<PathBuf>,
    /// The folder of further handlers [default: ./handlers].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handlers: Option<PathBuf>,
    /// The queue: `embedded`, or the URL of NATS, such as `nats://127.0.0.1:4222` [default: embedded].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<Queue>,
    /// The status store: `embedded`, or the URL of Redis, such as `redis://127.0.0.1:6379` [default: embedded].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    /// The folder of originals and thumbnails, shared by all processes [default: media under the data
    /// folder].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<PathBuf>,
    /// The folder of compiled handlers, which no other user may write to [default: cache under the data
    /// folder].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cache: Option<PathBuf>,
}
