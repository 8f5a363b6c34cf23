use std::sync::Arc;

use anyhow::Result;
use clap::ValueEnum;

use super::Sample;

/// Which pictures are uploaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum MixName {
    /// A PNG of 41 kB, a JPEG of 56 kB and a JPEG of 601 kB, and ten reads of the status after each upload.
    Original,
    /// The two small ones of them.
    Small,
    /// The large one of them.
    Large,
    /// A PNG of 64x64 pixels.
    Tiny,
    /// A GIF of 100 frames of 300x225 pixels.
    Gif,
    /// All of them, one GIF among fifteen.
    Mixed,
}

/// Pictures, uploaded in turns.
#[derive(Clone, Debug)]
pub struct Mix {
    samples: Vec<Arc<Sample>>,
    turns: Vec<usize>,
}

impl Mix {
    /// Makes the pictures of a mix.
    ///
    /// # Errors
    /// A picture cannot be encoded.
    pub fn new(name: MixName) -> Result<Self> {
        let small = || Ok::<_, anyhow::Error>([Sample::small_png()?, Sample::small_jpeg()?]);
        let of_all = [0, 1, 3, 2, 0, 1, 3, 4, 0, 1, 3, 2, 0, 1, 3];
        Ok(match name {
            MixName::Small => Self::of(small()?.into()),
            MixName::Large => Self::of(vec![Sample::large_jpeg()?]),
            MixName::Tiny => Self::of(vec![Sample::tiny_png()?]),
            MixName::Gif => Self::of(vec![Sample::animation()?]),
            MixName::Original => {
                let [png, jpeg] = small()?;
                Self::of(vec![png, jpeg, Sample::large_jpeg()?])
            }
            MixName::Mixed => {
                let [png, jpeg] = small()?;
                let (large, tiny) = (Sample::large_jpeg()?, Sample::tiny_png()?);
                let mix = Self::of(vec![png, jpeg, large, tiny, Sample::animation()?]);
                Self {
                    turns: of_all.into(),
                    ..mix
                }
            }
        })
    }

    /// A mix of these, which takes one after the other.
    #[must_use]
    pub fn of(samples: Vec<Sample>) -> Self {
        Self {
            turns: (0..samples.len()).collect(),
            samples: samples.into_iter().map(Arc::new).collect(),
        }
    }

    /// The picture of a turn. `None` in a mix of none.
    #[must_use]
    pub fn sample(&self, turn: u64) -> Option<Arc<Sample>> {
        let count = u64::try_from(self.turns.len()).ok()?;
        let place = usize::try_from(turn.checked_rem(count)?).ok()?;
        let sample = self.samples.get(*self.turns.get(place)?)?;
        Some(Arc::clone(sample))
    }

    /// Whether there are several kinds, so that each is worth a row of its own.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.samples.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pictures_take_turns() {
        let mix = Mix::new(MixName::Small).unwrap();
        let names = [0, 1, 2].map(|turn| mix.sample(turn).unwrap().name.clone());
        assert_eq!(names, ["PNG 41 kB", "JPEG 56 kB", "PNG 41 kB"]);
    }

    #[test]
    fn every_kind_is_in_the_mix_of_all() {
        let mix = Mix::new(MixName::Mixed).unwrap();
        let count = |name: &str| {
            (0..15)
                .filter(|turn| mix.sample(*turn).unwrap().name == name)
                .count()
        };
        let counts = [
            "PNG 41 kB",
            "JPEG 56 kB",
            "JPEG 601 kB",
            "PNG 64x64",
            "GIF 100 frames",
        ];
        assert_eq!(counts.map(count), [4, 4, 2, 4, 1]);
    }
}
