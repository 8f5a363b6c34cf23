use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where the jobs are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Queue {
    /// In this process, in a file under the data folder.
    Embedded,
    /// In NATS JetStream, at this URL.
    Nats(String),
}

/// Where the statuses are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Status {
    /// In this process, in a file under the data folder.
    Embedded,
    /// In Redis or Valkey, at this URL.
    Redis(String),
}

impl FromStr for Queue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "embedded" => Ok(Self::Embedded),
            url if has_scheme(url, &["nats", "tls"]) => Ok(Self::Nats(url.into())),
            other => Err(format!(
                "`{other}` is no queue: use `embedded` or a nats:// URL"
            )),
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "embedded" => Ok(Self::Embedded),
            url if has_scheme(url, &["redis"]) => Ok(Self::Redis(url.into())),
            other => Err(format!(
                "`{other}` is no status store: use `embedded` or a redis:// URL"
            )),
        }
    }
}

fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, rest)| schemes.contains(&scheme) && !rest.is_empty())
}

impl TryFrom<String> for Queue {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for Status {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Queue> for String {
    fn from(queue: Queue) -> Self {
        queue.to_string()
    }
}

impl From<Status> for String {
    fn from(status: Status) -> Self {
        status.to_string()
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => formatter.write_str("embedded"),
            Self::Nats(url) => formatter.write_str(url),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => formatter.write_str("embedded"),
            Self::Redis(url) => formatter.write_str(url),
        }
    }
}
