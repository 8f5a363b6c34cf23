use super::{PARTS, edge};

/// Averages each box of columns of one row of boxes. `height` is that of the boxes times the number by which
/// samples are to be divided.
pub(super) fn average<const CHANNELS: usize>(
    columns: &[u32],
    source_width: u32,
    width: u32,
    height: u64,
    pixels: &mut Vec<u8>,
) {
    for_each_box::<CHANNELS>(columns, source_width, width, |total, box_width| {
        let area = height * box_width;
        pixels.extend_from_slice(&total.map(|total| rounded(total, area)));
    });
}

/// The same for colours that were multiplied by alpha.
pub(super) fn average_of_colors(
    columns: &[u32],
    source_width: u32,
    width: u32,
    height: u64,
    pixels: &mut Vec<u8>,
) {
    for_each_box::<4>(columns, source_width, width, |total, box_width| {
        pixels.extend_from_slice(&weighed_average(total, height * box_width));
    });
}

/// Straight colours and alpha of sums in which colours were multiplied by alpha.
pub(super) fn weighed_average([red, green, blue, alpha]: [u64; 4], area: u64) -> [u8; 4] {
    if alpha == 0 {
        return [0; 4];
    }
    let [red, green, blue] = [red, green, blue].map(|total| rounded(total, alpha));
    [red, green, blue, rounded(alpha, area)]
}

pub(super) fn rounded(total: u64, count: u64) -> u8 {
    ((total + count / 2) / count) as u8
}

fn for_each_box<const CHANNELS: usize>(
    columns: &[u32],
    source_width: u32,
    width: u32,
    mut take: impl FnMut([u64; CHANNELS], u64),
) {
    let columns = columns.as_chunks::<CHANNELS>().0;
    let mut left = 0;
    for index in 1..=width {
        let right = edge(index, source_width, width);
        take(total(columns, left, right), right - left);
        left = right;
    }
}

/// The sum over the columns from `left` to `right`, both in parts of a pixel.
fn total<const CHANNELS: usize>(
    columns: &[[u32; CHANNELS]],
    left: u64,
    right: u64,
) -> [u64; CHANNELS] {
    let (first, end) = ((left / PARTS) as usize, right.div_ceil(PARTS) as usize);
    let mut total = [0; CHANNELS];
    let Some(columns) = columns.get(first..end) else {
        return total;
    };
    for column in columns {
        for channel in 0..CHANNELS {
            total[channel] += u64::from(column[channel]);
        }
    }
    total = total.map(|total| total * PARTS);
    // What the first and the last column have outside of the box is taken away again.
    if let [first, ..] = columns {
        subtract(&mut total, first, left % PARTS);
    }
    if let [.., last] = columns {
        subtract(&mut total, last, right.next_multiple_of(PARTS) - right);
    }
    total
}

fn subtract<const CHANNELS: usize>(
    total: &mut [u64; CHANNELS],
    column: &[u32; CHANNELS],
    weight: u64,
) {
    total
        .iter_mut()
        .zip(column)
        .for_each(|(total, sum)| *total -= u64::from(*sum) * weight);
}
