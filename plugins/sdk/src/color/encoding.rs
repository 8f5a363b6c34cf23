/// How many steps light is counted in: fine enough for the darkest samples, 1 / 3,300 apart, not to be mixed up.
pub(super) const LEVELS: usize = 1 << 14;

/// The curve by which light becomes samples of 8 bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Curve {
    /// That of sRGB (IEC 61966-2-1).
    Srgb,
    /// Light is the sample to the power of 2.2.
    Gamma22,
}

impl Curve {
    /// The sample for each level of light.
    pub(super) fn samples(self) -> Box<[u8; LEVELS]> {
        let mut samples = Box::new([0; LEVELS]);
        let mut begin = 0;
        for sample in 0..=u8::MAX {
            let end = self.end_of(sample);
            if let Some(levels) = samples.get_mut(begin..end) {
                levels.fill(sample);
            }
            begin = end;
        }
        samples
    }

    /// The first level that is too light for the sample.
    fn end_of(self, sample: u8) -> usize {
        let half_way = (f32::from(sample) + 0.5) / 255.0;
        if half_way > 1.0 {
            return LEVELS;
        }
        // The middle of a level stands for it.
        (self.light(half_way) * LEVELS as f32 + 0.5) as usize
    }

    /// The light of a sample, both from 0 to 1.
    fn light(self, sample: f32) -> f32 {
        match self {
            Self::Srgb if sample <= 0.040_45 => sample / 12.92,
            Self::Srgb => ((sample + 0.055) / 1.055).powf(2.4),
            Self::Gamma22 => sample.powf(2.2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_of_a_sample_is_that_sample_again() {
        for curve in [Curve::Srgb, Curve::Gamma22] {
            let samples = curve.samples();
            // Samples of an exponent that are nearly black are less than a level apart.
            let first = if curve == Curve::Srgb { 0 } else { 6 };
            for sample in first..=u8::MAX {
                let light = curve.light(f32::from(sample) / 255.0);
                let level = (light * LEVELS as f32) as usize;
                assert_eq!(samples[level.min(LEVELS - 1)], sample, "{curve:?}");
            }
        }
    }
}
