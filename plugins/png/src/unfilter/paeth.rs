use super::Row;
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

#[inline(always)]
fn part<const BYTES: usize>(pixels: Lanes, from: usize) -> [u8; BYTES] {
    let bytes = pixels.bytes();
    std::array::from_fn(|byte| bytes[(from + byte) % 8])
}

pub(super) fn one_row<const BYTES: usize>(stored: &[u8], above: &[u8], samples: &mut [u8]) {
    let (mut left, mut above_left) = (Lanes::ZERO, Lanes::ZERO);
    let samples = samples.as_chunks_mut::<BYTES>().0.iter_mut();
    let stored = stored.as_chunks::<BYTES>().0;
    for ((sample, stored), above) in samples.zip(stored).zip(above.as_chunks::<BYTES>().0) {
        let above = pixel(above);
        left = predicted(pixel(stored), left, above, above_left);
        above_left = above;
        *sample = part(left, 0);
    }
}

/// Two rows at once for pixels of up to four bytes: the second is one pixel behind, so that what it needs of the
/// first is there, and both are done as one vector of eight lanes.
pub(super) fn two_rows<const BYTES: usize>(first: Row<'_>, second: Row<'_>, above: &[u8]) {
    let stored = first.stored.as_chunks::<BYTES>().0;
    let behind_stored = second.stored.as_chunks::<BYTES>().0;
    let samples = first.samples.as_chunks_mut::<BYTES>().0;
    let behind_samples = second.samples.as_chunks_mut::<BYTES>().0;
    let above = above.as_chunks::<BYTES>().0;
    let [Some(stored_first), Some(above_first)] = [stored.first(), above.first()] else {
        return;
    };
    let mut above_left = pixel(above_first);
    let mut left = predicted(pixel(stored_first), Lanes::ZERO, above_left, Lanes::ZERO);
    if let Some(sample) = samples.first_mut() {
        *sample = part(left, 0);
    }
    let ahead = samples.iter_mut().zip(stored).zip(above).skip(1);
    let behind = behind_samples.iter_mut().zip(behind_stored);
    for (((sample, stored), above), (behind_sample, behind_stored)) in ahead.zip(behind) {
        let above = Lanes::joined(pixel(above), left);
        left = predicted(pixels(stored, behind_stored), left, above, above_left);
        above_left = above;
        *sample = part(left, 0);
        *behind_sample = part(left, 4);
    }
    let last = stored.len() - 1;
    if let (Some(sample), Some(stored)) = (behind_samples.get_mut(last), behind_stored.get(last)) {
        let above = Lanes::joined(Lanes::ZERO, left);
        *sample = part(
            predicted(pixels(&[0; BYTES], stored), left, above, above_left),
            4,
        );
    }
}

/// Two rows at once for pixels of more than four bytes: each row has a vector of its own, and the second is one
/// pixel behind.
pub(super) fn two_wide_rows<const BYTES: usize>(first: Row<'_>, second: Row<'_>, above: &[u8]) {
    let stored = first.stored.as_chunks::<BYTES>().0.iter();
    let mut behind_stored = second.stored.as_chunks::<BYTES>().0.iter();
    let samples = first.samples.as_chunks_mut::<BYTES>().0.iter_mut();
    let mut behind_samples = second.samples.as_chunks_mut::<BYTES>().0.iter_mut();
    let above = above.as_chunks::<BYTES>().0;
    let (mut left, mut above_left) = (Lanes::ZERO, Lanes::ZERO);
    let (mut behind_left, mut behind_above_left) = (Lanes::ZERO, Lanes::ZERO);
    let mut is_first = true;
    for ((sample, stored), above) in samples.zip(stored).zip(above) {
        let above = pixel(above);
        let next = predicted(pixel(stored), left, above, above_left);
        if !std::mem::take(&mut is_first)
            && let (Some(sample), Some(stored)) = (behind_samples.next(), behind_stored.next())
        {
            behind_left = predicted(pixel(stored), behind_left, left, behind_above_left);
            behind_above_left = left;
            *sample = part(behind_left, 0);
        }
        above_left = above;
        left = next;
        *sample = part(left, 0);
    }
    if let (Some(sample), Some(stored)) = (behind_samples.next(), behind_stored.next()) {
        *sample = part(
            predicted(pixel(stored), behind_left, left, behind_above_left),
            0,
        );
    }
}
