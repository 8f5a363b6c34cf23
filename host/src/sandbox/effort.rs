/// How much time the compiler spends on good code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// As little as it can. The code runs at about half the speed, and is there in two thirds of the time.
    Quick,
    /// As much as it is worth for code that runs often.
    Full,
}

impl Effort {
    /// Its word on the compiler's command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }

    /// What the name of a file with such code ends in.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Quick => "quick.cwasm",
            Self::Full => "cwasm",
        }
    }
}

impl std::str::FromStr for Effort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "quick" => Ok(Self::Quick),
            "full" => Ok(Self::Full),
            other => Err(format!("`{other}` is neither `quick` nor `full`")),
        }
    }
}
