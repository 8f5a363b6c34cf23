use std::collections::BTreeSet;

use minisign_verify::{Error as Unverified, PublicKey, Signature};
use thumbnailify_core::InvalidSetting;

use super::{TrustConfig, TrustError};

const SHA256_HEX_CHARS: usize = 64;

/// Tells which components are let in.
#[derive(Clone, Debug, Default)]
pub struct TrustPolicy {
    require_signature: bool,
    keys: Vec<PublicKey>,
    hashes: BTreeSet<String>,
}

impl TrustPolicy {
    /// Reads the keys and hashes.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(config: &TrustConfig) -> Result<Self, InvalidSetting> {
        let policy = Self {
            require_signature: config.require_signature,
            keys: config
                .keys
                .iter()
                .map(|key| public_key(key))
                .collect::<Result<_, _>>()?,
            hashes: config
                .hashes
                .iter()
                .map(|hash| sha256(hash))
                .collect::<Result<_, _>>()?,
        };
        let can_be_met = !policy.require_signature || !policy.keys.is_empty();
        InvalidSetting::unless(
            can_be_met,
            "trust.keys",
            "must name at least one public key, for `trust.require_signature` is set",
        )?;
        Ok(policy)
    }

    /// Checks a component with its hash and the text of the signature beside it, if there is one.
    ///
    /// # Errors
    /// Why it is not let in.
    pub fn check(
        &self,
        wasm: &[u8],
        sha256: &str,
        signature: Option<&str>,
    ) -> Result<(), TrustError> {
        if !self.hashes.is_empty() && !self.hashes.contains(sha256) {
            return Err(TrustError::HashNotAllowed);
        }
        match signature {
            None if self.require_signature => Err(TrustError::NotSigned),
            // Without keys there is nothing to hold a signature against.
            Some(text) if !self.keys.is_empty() => self.verify(wasm, text),
            _ => Ok(()),
        }
    }

    fn verify(&self, wasm: &[u8], text: &str) -> Result<(), TrustError> {
        let signature = Signature::decode(text).map_err(|_| TrustError::NotASignature)?;
        let mut refusal = TrustError::UnknownKey;
        for key in &self.keys {
            match key.verify(wasm, &signature, false) {
                Ok(()) => return Ok(()),
                Err(Unverified::UnexpectedKeyId) => {}
                Err(Unverified::UnexpectedAlgorithm) => refusal = TrustError::OldKind,
                Err(_) => refusal = TrustError::DoesNotFit,
            }
        }
        Err(refusal)
    }
}

fn public_key(text: &str) -> Result<PublicKey, InvalidSetting> {
    PublicKey::from_base64(text.trim()).map_err(|_| InvalidSetting {
        field: "trust.keys".into(),
        problem: "must be public keys of minisign, each the line that begins with RW".into(),
    })
}

fn sha256(text: &str) -> Result<String, InvalidSetting> {
    let hash = text.trim().to_ascii_lowercase();
    let is_hex = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    InvalidSetting::unless(
        hash.len() == SHA256_HEX_CHARS && is_hex,
        "trust.hashes",
        "must be SHA-256 hashes, each of 64 hexadecimal digits",
    )?;
    Ok(hash)
}

#[cfg(test)]
mod tests;
