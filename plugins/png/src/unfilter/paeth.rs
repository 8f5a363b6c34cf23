use super::Row;

/// One pixel, in as many numbers as it has bytes.
type Pixel<const LANES: usize> = [i16; LANES];

/// Adds to what is stored of a pixel what Paeth predicts (section 9.4): whichever of the left, the upper and the
/// upper left neighbour is nearest to left + upper - upper left.
///
/// Put without distances: that sum is nearest to the upper left unless three times the upper left minus the other
/// two is outside of what lies between those. Then the further one of them is it.
#[inline(always)]
fn predicted<const LANES: usize>(
    stored: Pixel<LANES>,
    left: Pixel<LANES>,
    above: Pixel<LANES>,
    above_left: Pixel<LANES>,
) -> Pixel<LANES> {
    let mut pixel = [0; LANES];
    for lane in 0..LANES {
        let threshold = 3 * above_left[lane] - above[lane] - left[lane];
        let low = left[lane].min(above[lane]);
        let high = left[lane].max(above[lane]);
        let if_high = if high <= threshold {
            low
        } else {
            above_left[lane]
        };
        let nearest = if threshold <= low { high } else { if_high };
        pixel[lane] = (stored[lane] + nearest) & 0xff;
    }
    pixel
}

#[inline(always)]
fn pixel<const BYTES: usize, const LANES: usize>(bytes: &[u8; BYTES]) -> Pixel<LANES> {
    let mut pixel = [0; LANES];
    for byte in 0..BYTES {
        pixel[byte] = i16::from(bytes[byte]);
    }
    pixel
}

pub(super) fn one_row<const BYTES: usize>(stored: &[u8], above: &[u8], samples: &mut [u8]) {
    let (mut left, mut above_left) = ([0; BYTES], [0; BYTES]);
    let pixels = samples.as_chunks_mut::<BYTES>().0.iter_mut();
    let stored = stored.as_chunks::<BYTES>().0;
    for ((sample, stored), above) in pixels.zip(stored).zip(above.as_chunks::<BYTES>().0) {
        let above = pixel(above);
        left = predicted(pixel(stored), left, above, above_left);
        above_left = above;
        *sample = left.map(|lane| lane as u8);
    }
}

pub(super) fn two_rows<const BYTES: usize>(first: Row<'_>, second: Row<'_>, above: &[u8]) {
    let Row {
        stored, samples, ..
    } = first;
    one_row::<BYTES>(stored, above, samples);
    one_row::<BYTES>(second.stored, samples, second.samples);
}
