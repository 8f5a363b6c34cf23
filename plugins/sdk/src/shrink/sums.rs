use super::{PARTS, reserved};
use crate::{Failure, Size};

/// What the bytes of a row are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    /// Each byte stands for itself.
    Plain,
    /// Every fourth byte weighs the three before it.
    WithAlpha,
    /// Two bytes are one sample, the higher first.
    Wide,
}

impl Samples {
    /// How many bytes a sample has.
    pub(super) fn bytes(self) -> usize {
        if self == Self::Wide { 2 } else { 1 }
    }

    /// By what a sample must be divided to have 8 bits.
    pub(super) fn white(self) -> u64 {
        if self == Self::Wide { 257 } else { 1 }
    }
}

/// For each sample of a source row, the sum over the rows of the box that is being filled.
///
/// Most rows lie in one box whole, and most pixels are opaque: these are added up in 16 bits, which is what
/// processors do best. The others are weighed, in 32 bits.
#[derive(Debug)]
pub(super) struct Sums {
    samples: Samples,
    whole: Vec<u16>,
    weighed: Vec<u32>,
}

impl Sums {
    pub(super) fn new(count: usize, samples: Samples, source: Size) -> Result<Self, Failure> {
        let (mut whole, mut weighed) = (reserved(count, source)?, reserved(count, source)?);
        whole.resize(count, 0);
        weighed.resize(count, 0);
        Ok(Self {
            samples,
            whole,
            weighed,
        })
    }

    /// Adds a row that lies in the box whole.
    pub(super) fn add(&mut self, row: &[u8]) {
        if self.samples == Samples::WithAlpha {
            self.add_colors(row);
        } else {
            add_whole(&mut self.whole, row);
        }
    }

    /// Adds a row of which so many parts lie in the box.
    pub(super) fn add_part(&mut self, row: &[u8], parts: u32) {
        if self.samples == Samples::WithAlpha {
            add_weighed(&mut self.weighed, row, parts);
        } else {
            for (sum, sample) in self.weighed.iter_mut().zip(row) {
                *sum += u32::from(*sample) * parts;
            }
        }
    }

    /// Colours count by their alpha. Where it is full for several pixels, it need not be multiplied.
    fn add_colors(&mut self, row: &[u8]) {
        let (wholes, whole_rest) = self.whole.as_chunks_mut::<16>();
        let (weighed, weighed_rest) = self.weighed.as_chunks_mut::<16>();
        let (pixels, rest) = row.as_chunks::<16>();
        for ((whole, weighed), pixels) in wholes.iter_mut().zip(weighed).zip(pixels) {
            if pixels[3] & pixels[7] & pixels[11] & pixels[15] == u8::MAX {
                add_whole(whole, pixels);
            } else if pixels[3] | pixels[7] | pixels[11] | pixels[15] != 0 {
                add_weighed(weighed, pixels, PARTS as u32);
            }
        }
        debug_assert_eq!(whole_rest.len(), weighed_rest.len());
        add_weighed(weighed_rest, rest, PARTS as u32);
    }

    /// The sums of the box over its height, for each sample of a source row; colours are multiplied by alpha.
    pub(super) fn columns(&mut self) -> &[u32] {
        let Self {
            samples,
            whole,
            weighed,
        } = self;
        let parts = PARTS as u32;
        let pairs = weighed.iter_mut().zip(whole.iter());
        match samples {
            Samples::Plain => pairs.for_each(|(sum, whole)| *sum += u32::from(*whole) * parts),
            Samples::WithAlpha => {
                let opaque = [255 * parts, 255 * parts, 255 * parts, parts];
                let pixels = weighed.as_chunks_mut::<4>().0.iter_mut();
                for (sums, wholes) in pixels.zip(whole.as_chunks::<4>().0) {
                    for channel in 0..4 {
                        sums[channel] += u32::from(wholes[channel]) * opaque[channel];
                    }
                }
            }
            Samples::Wide => {
                pairs.for_each(|(sum, whole)| *sum += u32::from(*whole) * parts);
                return joined(weighed);
            }
        }
        weighed
    }

    /// Starts the next box.
    pub(super) fn clear(&mut self) {
        self.whole.fill(0);
        self.weighed.fill(0);
    }
}

fn add_whole(sums: &mut [u16], row: &[u8]) {
    for (sum, sample) in sums.iter_mut().zip(row) {
        *sum += u16::from(*sample);
    }
}

fn add_weighed(sums: &mut [u32], row: &[u8], parts: u32) {
    let sums = sums.as_chunks_mut::<4>().0;
    for (sums, pixel) in sums.iter_mut().zip(row.as_chunks::<4>().0) {
        let weight = u32::from(pixel[3]) * parts;
        // Alpha itself is weighed by nothing but the parts.
        let factors = [pixel[0], pixel[1], pixel[2], 1];
        for channel in 0..4 {
            sums[channel] += u32::from(factors[channel]) * weight;
        }
    }
}

/// Puts the sums of higher and lower bytes together, in the front half.
fn joined(sums: &mut [u32]) -> &[u32] {
    let count = sums.len() / 2;
    for index in 0..count {
        sums[index] = (sums[2 * index] << 8) + sums[2 * index + 1];
    }
    &sums[..count]
}
