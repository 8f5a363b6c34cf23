use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// One side of a thumbnail's box in pixels, 1 to 4,096.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Side(u32);

impl Side {
    const ALLOWED: &str = "a whole number of pixels from 1 to 4096";

    /// A side of this length; `None` outside of the range.
    #[must_use]
    pub const fn new(pixels: u32) -> Option<Self> {
        match pixels {
            1..=4_096 => Some(Self(pixels)),
            _ => None,
        }
    }

    /// Its length in pixels.
    #[must_use]
    pub const fn pixels(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Side {
    type Error = InvalidValue;

    fn try_from(pixels: u32) -> Result<Self, InvalidValue> {
        Self::new(pixels).ok_or_else(|| InvalidValue::new(&pixels.to_string(), Self::ALLOWED))
    }
}

impl FromStr for Side {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let pixels = digits(text).and_then(Self::new);
        pixels.ok_or_else(|| InvalidValue::new(text, Self::ALLOWED))
    }
}

impl From<Side> for u32 {
    fn from(side: Side) -> Self {
        side.0
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The quality of an encoder that loses something, 1 (smallest) to 100 (best).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Quality(u8);

impl Quality {
    const ALLOWED: &str = "a whole number from 1 to 100";

    /// This quality; `None` outside of the range.
    #[must_use]
    pub const fn new(quality: u8) -> Option<Self> {
        match quality {
            1..=100 => Some(Self(quality)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Quality {
    type Error = InvalidValue;

    fn try_from(quality: u8) -> Result<Self, InvalidValue> {
        Self::new(quality).ok_or_else(|| InvalidValue::new(&quality.to_string(), Self::ALLOWED))
    }
}

impl FromStr for Quality {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let quality = digits(text).and_then(|number| u8::try_from(number).ok());
        quality
            .and_then(Self::new)
            .ok_or_else(|| InvalidValue::new(text, Self::ALLOWED))
    }
}

impl From<Quality> for u8 {
    fn from(quality: Quality) -> Self {
        quality.0
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A number in digits alone: the sign that Rust reads too is no part of one.
fn digits(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
