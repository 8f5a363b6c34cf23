use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;

use super::TrustPolicy;

/// Which files may become handlers. The program's own handlers always may.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrustConfig {
    /// Whether a component needs a valid signature in `NAME.wasm.minisig` beside it. Default false.
    pub require_signature: bool,
    /// The public keys of minisign that may sign, each as its text (`RW…`). Default none.
    pub keys: Vec<String>,
    /// The SHA-256 of every component that is allowed, in hexadecimal. Default empty, which allows any.
    pub hashes: Vec<String>,
}

impl TrustConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        TrustPolicy::new(self).map(drop)
    }
}
