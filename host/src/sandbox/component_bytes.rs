use sha2::{Digest, Sha256};

/// The bytes of a component as they lie in its file, with their hash, which names this build of a handler.
#[derive(Clone, Debug)]
pub struct ComponentBytes {
    bytes: Vec<u8>,
    sha256: String,
}

impl ComponentBytes {
    /// Takes and hashes the bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Self { bytes, sha256 }
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Their SHA-256 in lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}
