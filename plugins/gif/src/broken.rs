use thumbnailify_sdk::Failure;

/// Why a file cannot be read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// It is cut off.
    EndsEarly,
    /// It says what it must not.
    Invalid(&'static str),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EndsEarly => formatter.write_str("it ends too early"),
            Self::Invalid(what) => formatter.write_str(what),
        }
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::EndsEarly => Self::Malformed("The GIF file ends too early.".into()),
            Broken::Invalid(what) => Self::Malformed(format!("Not a valid GIF file: {what}.")),
        }
    }
}
