/// What the samples of 1, 2 or 4 bits in a byte become, the first in the highest bits (section 7.2).
#[derive(Debug)]
pub(super) struct Unpack {
    samples: Box<[[u8; 8]; 256]>,
    samples_per_byte: usize,
}

impl Unpack {
    pub(super) fn new(depth: u8, meaning: impl Fn(u8) -> u8) -> Self {
        let mask = u8::MAX >> (8 - depth);
        let sample = |byte: usize, place: usize| {
            let shift = 8_usize.checked_sub((place + 1) * usize::from(depth));
            shift.map_or(0, |shift| meaning((byte >> shift) as u8 & mask))
        };
        let samples = |byte| std::array::from_fn(|place| sample(byte, place));
        Self {
            samples: Box::new(std::array::from_fn(samples)),
            samples_per_byte: usize::from(8 / depth),
        }
    }

    /// Nothing where each byte is an index already.
    pub(super) fn of_indices(depth: u8) -> Option<Self> {
        (depth < 8).then(|| Self::new(depth, |index| index))
    }

    pub(super) fn unpack(&self, stored: &[u8], width: usize, row: &mut Vec<u8>) {
        row.resize(stored.len() * self.samples_per_byte, 0);
        match self.samples_per_byte {
            8 => self.put::<8>(stored, row),
            4 => self.put::<4>(stored, row),
            _ => self.put::<2>(stored, row),
        }
        row.truncate(width);
    }

    fn put<const SAMPLES: usize>(&self, stored: &[u8], row: &mut [u8]) {
        for (samples, byte) in row.as_chunks_mut::<SAMPLES>().0.iter_mut().zip(stored) {
            samples.copy_from_slice(&self.samples[usize::from(*byte)][..SAMPLES]);
        }
    }
}
