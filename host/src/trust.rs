//! placeholder
use serde::{Deserialize, Serialize};
use thumbnailify_core::InvalidSetting;
#[allow(missing_docs)]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrustConfig {
    pub require_signature: bool,
    pub keys: Vec<String>,
    pub hashes: Vec<String>,
}
impl TrustConfig {
    #[allow(missing_docs)]
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        Ok(())
    }
}
#[allow(missing_docs)]
#[derive(Clone, Debug, Default)]
pub struct TrustPolicy;
#[allow(missing_docs)]
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct TrustError;
impl TrustPolicy {
    #[allow(missing_docs)]
    pub fn new(_: &TrustConfig) -> Result<Self, InvalidSetting> {
        Ok(Self)
    }
    #[allow(missing_docs)]
    pub fn check(&self, _: &[u8], _: &str, _: Option<&str>) -> Result<(), TrustError> {
        Ok(())
    }
}
