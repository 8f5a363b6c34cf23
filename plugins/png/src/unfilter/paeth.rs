use super::lanes::Lanes;

/// Adds to what is stored of a pixel what Paeth predicts (section 9.4): whichever of the left, the upper and the
/// upper left neighbour is nearest to left + upper - upper left.
///
/// Put without distances: that sum is nearest to the upper left unless three times the upper left minus the other
/// two is outside of what lies between those. Then the further one of them is it.
#[inline(always)]
fn predicted(stored: Lanes, left: Lanes, above: Lanes, above_left: Lanes) -> Lanes {
    // What does not need the pixel to the left comes first: that one is waited for.
    let twice = above_left.plus(above_left);
    let threshold = twice.plus(above_left).minus(above).minus(left);
    let (low, high) = (left.min(above), left.max(above));
    let if_low_enough = high.choose_if_above(threshold, above_left, low);
    let nearest = threshold.choose_if_above(low, if_low_enough, high);
    stored.plus(nearest).without_upper_byte()
}

/// Rows done at once: how they are stored, and where their samples go.
pub(super) type Rows<'a, const ROWS: usize> = [(&'a [u8], &'a mut [u8]); ROWS];

/// Takes the filter of one row back.
pub(super) fn one_row<const BYTES: usize>(stored: &[u8], above: &[u8], samples: &mut [u8]) {
    rows::<BYTES, 1, 1>([(stored, samples)], above);
}

/// Takes the filter of several rows back at once, which takes hardly longer than one: each pixel waits for the one
/// before it, and meanwhile there is time for other rows. Each row is one pixel behind the one above it, so that
/// what it needs is there.
///
/// A vector holds one pixel of a row, or where there are half as many vectors as rows, one of up to four bytes of
/// each of two rows.
pub(super) fn rows<const BYTES: usize, const ROWS: usize, const VECTORS: usize>(
    rows: Rows<'_, ROWS>,
    above: &[u8],
) {
    let above = above.as_chunks::<BYTES>().0;
    let mut rows = rows.map(|(stored, samples)| {
        (
            stored.as_chunks::<BYTES>().0,
            samples.as_chunks_mut::<BYTES>().0,
        )
    });
    let width = rows
        .iter()
        .map(|(stored, _)| stored.len())
        .min()
        .unwrap_or(0);
    let behind = ROWS - 1;
    let mut state = State::<ROWS, VECTORS>::new();
    for step in 0..behind {
        at_edge(&mut state, &mut rows, above, width, step);
    }
    if let Some(count) = width.checked_sub(behind) {
        in_the_middle(&mut state, &mut rows, above, count);
    }
    for step in width.max(behind)..width + behind {
        at_edge(&mut state, &mut rows, above, width, step);
    }
}

type Pixels<'a, const BYTES: usize> = (&'a [[u8; BYTES]], &'a mut [[u8; BYTES]]);

/// The steps in which all rows have a pixel.
#[inline(always)]
fn in_the_middle<const BYTES: usize, const ROWS: usize, const VECTORS: usize>(
    state: &mut State<ROWS, VECTORS>,
    rows: &mut [Pixels<'_, BYTES>; ROWS],
    above: &[[u8; BYTES]],
    count: usize,
) {
    let Some(above) = above.get(ROWS - 1..ROWS - 1 + count) else {
        return;
    };
    let mut row = 0;
    let rows = rows.each_mut().map(|(stored, samples)| {
        let from = ROWS - 1 - row;
        row += 1;
        (
            &stored[from..from + count],
            &mut samples[from..from + count],
        )
    });
    for (index, above) in above.iter().enumerate() {
        let stored = std::array::from_fn(|row| rows[row].0[index]);
        let samples = state.next(&stored, above);
        for row in 0..ROWS {
            rows[row].1[index] = samples[row];
        }
    }
}

/// A step before the last row begins or after the first has ended. What is not there is zero.
fn at_edge<const BYTES: usize, const ROWS: usize, const VECTORS: usize>(
    state: &mut State<ROWS, VECTORS>,
    rows: &mut [Pixels<'_, BYTES>; ROWS],
    above: &[[u8; BYTES]],
    width: usize,
    step: usize,
) {
    let index = |row: usize| step.checked_sub(row).filter(|index| *index < width);
    let stored =
        std::array::from_fn(|row| index(row).map_or([0; BYTES], |index| rows[row].0[index]));
    let above = index(0).and_then(|index| above.get(index)).copied();
    let samples = state.next(&stored, &above.unwrap_or([0; BYTES]));
    for row in 0..ROWS {
        if let Some(sample) = index(row).and_then(|index| rows[row].1.get_mut(index)) {
            *sample = samples[row];
        }
    }
}

/// The neighbours of the pixels that come next.
struct State<const ROWS: usize, const VECTORS: usize> {
    left: [Lanes; VECTORS],
    above_left: [Lanes; VECTORS],
}

impl<const ROWS: usize, const VECTORS: usize> State<ROWS, VECTORS> {
    /// How many rows share a vector.
    const SHARED: usize = ROWS / VECTORS;

    /// Outside of the picture there is nothing but zeros.
    fn new() -> Self {
        Self {
            left: [Lanes::ZERO; VECTORS],
            above_left: [Lanes::ZERO; VECTORS],
        }
    }

    #[inline(always)]
    fn next<const BYTES: usize>(
        &mut self,
        stored: &[[u8; BYTES]; ROWS],
        above: &[u8; BYTES],
    ) -> [[u8; BYTES]; ROWS] {
        let before = self.left;
        for vector in 0..VECTORS {
            let above = match (vector, Self::SHARED) {
                (0, 1) => pixel(above),
                (0, _) => Lanes::joined(pixel(above), before[0]),
                (_, 1) => before[vector - 1],
                _ => Lanes::joined_upper(before[vector - 1], before[vector]),
            };
            let stored = match Self::SHARED {
                1 => pixel(&stored[vector]),
                _ => pixels(&stored[2 * vector], &stored[2 * vector + 1]),
            };
            self.left[vector] = predicted(stored, before[vector], above, self.above_left[vector]);
            self.above_left[vector] = above;
        }
        let bytes = self.left.map(Lanes::bytes);
        std::array::from_fn(|row| {
            let from = row % Self::SHARED * 4;
            std::array::from_fn(|byte| bytes[row / Self::SHARED][(from + byte) % 8])
        })
    }
}

#[inline(always)]
fn pixel<const BYTES: usize>(pixel: &[u8; BYTES]) -> Lanes {
    let mut bytes = [0; 8];
    bytes[..BYTES].copy_from_slice(pixel);
    Lanes::of_bytes(bytes)
}

/// Two pixels of up to four bytes in one.
#[inline(always)]
fn pixels<const BYTES: usize>(lower: &[u8; BYTES], upper: &[u8; BYTES]) -> Lanes {
    let mut bytes = [0; 8];
    bytes[..BYTES].copy_from_slice(lower);
    bytes[4..4 + BYTES].copy_from_slice(upper);
    Lanes::of_bytes(bytes)
}
