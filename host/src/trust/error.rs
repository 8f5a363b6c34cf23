/// Why a component is not let in, and what its owner can do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TrustError {
    /// It is not one of those that were chosen by hash.
    #[error(
        "its SHA-256 is not among `trust.hashes`; add it there if this is the file that you want"
    )]
    HashNotAllowed,
    /// Nobody has signed it.
    #[error(
        "it is not signed, and `trust.require_signature` asks for that; put the signature beside it, as its name with `.minisig` added"
    )]
    NotSigned,
    /// The file beside it is something else.
    #[error(
        "the file beside it is not a signature of minisign; make one with `thumbnailify handler sign` or `minisign -S`"
    )]
    NotASignature,
    /// The signature is of a kind that covers the file itself instead of its hash.
    #[error(
        "its signature is of the old kind, which is not taken; sign it anew with `thumbnailify handler sign` or `minisign -S`"
    )]
    OldKind,
    /// It may be signed properly, but not by a key that is trusted here.
    #[error(
        "it is signed with a key that is not among `trust.keys`; add the public key of its author there if you trust them"
    )]
    UnknownKey,
    /// The component or its signature is not what the owner of the key signed.
    #[error(
        "its signature does not fit: it, or the signature, was changed since; get both again from its author"
    )]
    DoesNotFit,
}
