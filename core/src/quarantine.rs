use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{FaultKind, Result};

/// Remembers on which uploads a handler crashed, so that a poison file does not fell one worker after the
/// other.
#[async_trait]
pub trait Quarantine: Debug + Send + Sync {
    /// Notes a crash and returns all that are known of the same case, this one included. A repeat with the
    /// same `run` replaces its crash and is not counted again. Everything about the case is forgotten when
    /// `keep` has passed since its last crash.
    async fn note(&self, case: &Case, run: &str, crash: &Crash, keep: Duration) -> Result<Crashes>;

    /// What is known of a case: how often the handler crashed on the upload.
    async fn crashes(&self, case: &Case) -> Result<Crashes>;

    /// Forgets a case.
    async fn lift(&self, case: &Case) -> Result<()>;
}

/// One upload and one build of a handler. Another build is another case, so it starts without blame.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Case {
    /// The SHA-256 of the upload, in lower-case hexadecimal.
    pub upload_sha256: String,
    /// The SHA-256 of the handler's component, in lower-case hexadecimal.
    pub handler_sha256: String,
}

/// How a handler crashed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Crash {
    /// The kind of fault.
    pub fault: FaultKind,
    /// What happened, in one sentence.
    pub message: String,
    /// The SHA-256 of the component that crashed: the handler of the upload, or that of a picture inside it.
    #[serde(default)]
    pub culprit_sha256: String,
}

/// The crashes of a case.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Crashes {
    /// How many runs crashed.
    pub count: u32,
    /// The last of them.
    pub last: Option<Crash>,
}
