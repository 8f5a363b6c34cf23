mod choices;
mod color;
mod invalid;
mod numbers;

pub use choices::{Fit, Frames, OutputFormat, Upscale};
pub use color::Color;
pub use invalid::{InvalidOption, InvalidValue};
pub use numbers::{Quality, Side};

use serde::{Deserialize, Serialize};

/// What an uploader wants of the thumbnail. What is not said is as the worker's configuration has it.
///
/// It travels in the job, so a job of any version can be read: what it does not say is not said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ThumbnailOptions {
    /// Width of the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<Side>,
    /// Height of the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<Side>,
    /// How the picture is brought into the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Whether a small picture is enlarged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upscale: Option<Upscale>,
    /// What shines through where the picture is transparent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
    /// What the thumbnail is encoded as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<OutputFormat>,
    /// Quality of formats that lose something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// Which frames of a moving picture are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<Frames>,
}

impl ThumbnailOptions {
    /// The names of all options, as users write them.
    pub const NAMES: [&str; 8] = [
        "width",
        "height",
        "fit",
        "upscale",
        "background",
        "format",
        "quality",
        "frames",
    ];

    /// Tells whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads one option by its name.
    ///
    /// # Errors
    /// There is no option of this name, it has a value already, or the text is no value of it.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), InvalidOption> {
        match name {
            "width" => put(&mut self.width, name, text),
            "height" => put(&mut self.height, name, text),
            "fit" => put(&mut self.fit, name, text),
            "upscale" => put(&mut self.upscale, name, text),
            "background" => put(&mut self.background, name, text),
            "format" => put(&mut self.format, name, text),
            "quality" => put(&mut self.quality, name, text),
            "frames" => put(&mut self.frames, name, text),
            _ => Err(InvalidOption::unknown(name, text, &Self::NAMES)),
        }
    }

    /// Checks that no side is longer than an operator allows.
    ///
    /// # Errors
    /// The side that is, with what is allowed.
    pub fn check_sides(&self, largest: Side) -> Result<(), InvalidOption> {
        let sides = [("width", self.width), ("height", self.height)];
        let too_long = sides
            .into_iter()
            .find_map(|(name, side)| side.filter(|side| *side > largest).map(|side| (name, side)));
        match too_long {
            Some((name, side)) => Err(InvalidOption {
                field: name.to_owned(),
                given: side.to_string(),
                allowed: format!("a whole number of pixels from 1 to {largest}"),
            }),
            None => Ok(()),
        }
    }
}

/// Puts a value into its place, which must be empty: of two values nobody knows which was meant.
fn put<T>(place: &mut Option<T>, name: &str, text: &str) -> Result<(), InvalidOption>
where
    T: std::str::FromStr<Err = InvalidValue>,
{
    let value = text
        .parse()
        .map_err(|value| InvalidOption::of(name, value))?;
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(InvalidOption::repeated(name, text)),
    }
}

#[cfg(test)]
mod tests;
