/// Why an upload's body cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A byte or a padding that base64 does not have.
    #[error("the body is not base64")]
    NotBase64,
    /// More than the limit, after decoding.
    #[error("the body is too large")]
    TooLarge,
    /// No byte at all, which no handler can make a picture of.
    #[error("the body is empty")]
    Empty,
    /// The client sent nothing for too long, or took too long in all.
    #[error("the body did not come in time")]
    Late,
    /// The body ended before its end; mostly the client went away.
    #[error("the body was cut off")]
    CutOff,
}
