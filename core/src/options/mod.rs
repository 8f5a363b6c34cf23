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

    /// Reads one option by its name. No side may be longer than `largest_side`.
    ///
    /// # Errors
    /// There is no option of this name, it has a value already, or the text is no value of it.
    pub fn set(&mut self, name: &str, text: &str, largest_side: Side) -> Result<(), InvalidOption> {
        match name {
            "width" => put_side(&mut self.width, name, text, largest_side),
            "height" => put_side(&mut self.height, name, text, largest_side),
            "fit" => put(&mut self.fit, name, text),
            "upscale" => put(&mut self.upscale, name, text),
            "background" => put(&mut self.background, name, text),
            "format" => put(&mut self.format, name, text),
            "quality" => put(&mut self.quality, name, text),
            "frames" => put(&mut self.frames, name, text),
            _ => Err(InvalidOption::unknown(name, text, &Self::NAMES)),
        }
    }
}

/// Puts a side into its place, if it is not too long.
fn put_side(
    place: &mut Option<Side>,
    name: &str,
    text: &str,
    largest: Side,
) -> Result<(), InvalidOption> {
    match text.parse::<Side>() {
        Ok(side) if side <= largest => put(place, name, text),
        _ => {
            let allowed = format!("a whole number of pixels from 1 to {largest}");
            Err(InvalidOption::wrong(name, text, allowed))
        }
    }
}

/// Puts a value into its place, which must be empty.
fn put<T>(place: &mut Option<T>, name: &str, text: &str) -> Result<(), InvalidOption>
where
    T: std::str::FromStr<Err = InvalidValue>,
{
    let value = text
        .parse()
        .map_err(|value: InvalidValue| InvalidOption::wrong(name, text, value.allowed))?;
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(InvalidOption::repeated(name, text)),
    }
}

#[cfg(test)]
mod tests;
