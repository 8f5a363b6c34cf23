//! Filters taken back (section 9): what is stored of a row is its difference to what its neighbours predict.
//!
//! Rows have [`PADDING_BYTES`] behind their end, which are written and read with the last pixel and mean nothing.

mod lanes;
mod paeth;

/// How much longer the buffer of a row must be than the row.
pub(crate) const PADDING_BYTES: usize = 16;

/// The filter types of filter method 0 (section 9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    None,
    Sub,
    Up,
    Average,
    Paeth,
}

impl Filter {
    /// There are no others.
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::None,
            1 => Self::Sub,
            2 => Self::Up,
            3 => Self::Average,
            4 => Self::Paeth,
            _ => return None,
        })
    }
}

/// A row before and after.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) filter: Filter,
    /// What the file holds.
    pub(crate) stored: &'a [u8],
    /// Where the samples go.
    pub(crate) samples: &'a mut [u8],
}

/// Takes the filter of one row back. `above` is the row before it, zeros at the top; a pixel has
/// `pixel_bytes`, at least one.
pub(crate) fn one_row(row: Row<'_>, above: &[u8], pixel_bytes: usize) {
    match pixel_bytes {
        1 => with_pixels::<1>(row, above),
        2 => with_pixels::<2>(row, above),
        3 => with_pixels::<3>(row, above),
        4 => with_pixels::<4>(row, above),
        6 => with_pixels::<6>(row, above),
        _ => with_pixels::<8>(row, above),
    }
}

/// Takes the filters of two rows back that follow on one another. Two of Paeth's are done at once, which takes
/// hardly longer than one: each pixel waits for the one before it, and meanwhile there is time for another row.
pub(crate) fn two_rows(first: Row<'_>, second: Row<'_>, above: &[u8], pixel_bytes: usize) {
    let are_paeth = first.filter == Filter::Paeth && second.filter == Filter::Paeth;
    match pixel_bytes {
        3 if are_paeth => paeth::two_rows::<3>(first, second, above),
        4 if are_paeth => paeth::two_rows::<4>(first, second, above),
        6 if are_paeth => paeth::two_wide_rows::<6>(first, second, above),
        8 if are_paeth => paeth::two_wide_rows::<8>(first, second, above),
        _ => {
            let Row {
                filter,
                stored,
                samples,
            } = first;
            one_row(
                Row {
                    filter,
                    stored,
                    samples: &mut *samples,
                },
                above,
                pixel_bytes,
            );
            one_row(second, samples, pixel_bytes);
        }
    }
}

fn with_pixels<const BYTES: usize>(row: Row<'_>, above: &[u8]) {
    let Row {
        filter,
        stored,
        samples,
    } = row;
    match filter {
        Filter::None => samples[..stored.len()].copy_from_slice(stored),
        Filter::Sub => sub::<BYTES>(stored, samples),
        Filter::Up => up(stored, above, samples),
        Filter::Average => average::<BYTES>(stored, above, samples),
        Filter::Paeth => paeth::one_row::<BYTES>(stored, above, samples),
    }
}

fn up(stored: &[u8], above: &[u8], samples: &mut [u8]) {
    for ((sample, stored), above) in samples.iter_mut().zip(stored).zip(above) {
        *sample = stored.wrapping_add(*above);
    }
}

fn sub<const BYTES: usize>(stored: &[u8], samples: &mut [u8]) {
    let mut left = [0; BYTES];
    let pixels = samples.as_chunks_mut::<BYTES>().0.iter_mut();
    for (pixel, stored) in pixels.zip(stored.as_chunks::<BYTES>().0) {
        for byte in 0..BYTES {
            left[byte] = stored[byte].wrapping_add(left[byte]);
        }
        *pixel = left;
    }
}

fn average<const BYTES: usize>(stored: &[u8], above: &[u8], samples: &mut [u8]) {
    let mut left = [0; BYTES];
    let pixels = samples.as_chunks_mut::<BYTES>().0.iter_mut();
    let stored = stored.as_chunks::<BYTES>().0;
    for ((pixel, stored), above) in pixels.zip(stored).zip(above.as_chunks::<BYTES>().0) {
        for byte in 0..BYTES {
            let mean = (u16::from(left[byte]) + u16::from(above[byte])) / 2;
            left[byte] = stored[byte].wrapping_add(mean as u8);
        }
        *pixel = left;
    }
}
