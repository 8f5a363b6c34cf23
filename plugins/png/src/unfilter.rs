//! Filters taken back (section 9): what is stored of a row is its difference to what its neighbours predict.

mod lanes;
mod paeth;

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

/// Takes the filters of rows back that follow on one another. `above` is the row before the first, zeros at the
/// top; a pixel has `pixel_bytes`, at least one.
pub(crate) fn rows(mut rows: &mut [Row<'_>], above: &[u8], pixel_bytes: usize) {
    let mut above = above;
    while !rows.is_empty() {
        let paeth = rows
            .iter()
            .take_while(|row| row.filter == Filter::Paeth)
            .count();
        let (done, rest) = match paeth {
            4.. => rows.split_at_mut(4),
            2.. => rows.split_at_mut(2),
            _ => rows.split_at_mut(1),
        };
        match (&mut *done, pixel_bytes) {
            ([a, b, c, d], 1) => paeth::rows::<1, 4, 2>([a, b, c, d].map(Row::parts), above),
            ([a, b, c, d], 2) => paeth::rows::<2, 4, 2>([a, b, c, d].map(Row::parts), above),
            ([a, b, c, d], 3) => paeth::rows::<3, 4, 2>([a, b, c, d].map(Row::parts), above),
            ([a, b, c, d], 4) => paeth::rows::<4, 4, 2>([a, b, c, d].map(Row::parts), above),
            ([a, b, c, d], 6) => paeth::rows::<6, 4, 4>([a, b, c, d].map(Row::parts), above),
            ([a, b, c, d], _) => paeth::rows::<8, 4, 4>([a, b, c, d].map(Row::parts), above),
            ([a, b], 1) => paeth::rows::<1, 2, 1>([a, b].map(Row::parts), above),
            ([a, b], 2) => paeth::rows::<2, 2, 1>([a, b].map(Row::parts), above),
            ([a, b], 3) => paeth::rows::<3, 2, 1>([a, b].map(Row::parts), above),
            ([a, b], 4) => paeth::rows::<4, 2, 1>([a, b].map(Row::parts), above),
            ([a, b], 6) => paeth::rows::<6, 2, 2>([a, b].map(Row::parts), above),
            ([a, b], _) => paeth::rows::<8, 2, 2>([a, b].map(Row::parts), above),
            ([row], _) => one_row(row, above, pixel_bytes),
            _ => {}
        }
        if let Some(last) = done.last() {
            above = last.samples;
        }
        rows = rest;
    }
}

impl Row<'_> {
    fn parts(&mut self) -> (&[u8], &mut [u8]) {
        (self.stored, self.samples)
    }
}

fn one_row(row: &mut Row<'_>, above: &[u8], pixel_bytes: usize) {
    match pixel_bytes {
        1 => with_pixels::<1>(row, above),
        2 => with_pixels::<2>(row, above),
        3 => with_pixels::<3>(row, above),
        4 => with_pixels::<4>(row, above),
        6 => with_pixels::<6>(row, above),
        _ => with_pixels::<8>(row, above),
    }
}

fn with_pixels<const BYTES: usize>(row: &mut Row<'_>, above: &[u8]) {
    let (stored, samples) = (row.stored, &mut *row.samples);
    match row.filter {
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

#[cfg(test)]
mod tests;
