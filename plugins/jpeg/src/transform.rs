//! The inverse DCT of the lowest frequencies only.
//!
//! The N x N lowest coefficients of a block, transformed by the inverse DCT of N points and divided by 8 / N,
//! are the block at N / 8 of its size. With one coefficient that is the mean.

/// Turns 2 x 2 coefficients, row by row, into samples with three bits of fraction.
#[inline(always)]
pub(crate) fn quarter([mean, across, down, both]: [i32; 4]) -> [i16; 4] {
    let (left, right) = (mean + across, mean - across);
    let (left_slope, right_slope) = (down + both, down - both);
    [
        left + left_slope,
        right + right_slope,
        left - left_slope,
        right - right_slope,
    ]
    .map(nearest)
}

/// Turns 3 x 3 coefficients, row by row, into samples with three bits of fraction.
#[inline(always)]
pub(crate) fn three_eighths(coefficients: [i32; 9]) -> [i16; 9] {
    // The fourth column stands for nothing: it fills up the vectors.
    let rows = std::array::from_fn(|y| -> [i32; 4] {
        std::array::from_fn(|x| nearest(coefficients[y * 3 + x.min(2)]).into())
    });
    let [r0, r1, r2] = three_rows(rows);
    let [c0, c1, c2, _] = transposed([r0, r1, r2, r2]);
    let columns = three_rows([c0, c1, c2]);
    std::array::from_fn(|index| nearest(columns[index % 3][index / 3]))
}

/// The inverse DCT of three points, times the square root of 3, of four columns at once.
///
/// What 16 bits can hold grows less than threefold, so that also the second pass fits into 32 bits.
#[inline(always)]
fn three_rows([r0, r1, r2]: [[i32; 4]; 3]) -> [[i32; 4]; 3] {
    const BITS: u32 = 12;
    /// The square root of 2, times the cosines of a sixth and of a third of pi, with so many bits of fraction.
    const SIXTH_BITS: i32 = 5_017;
    const THIRD_BITS: i32 = 2_896;
    let mut rows = [[0; 4]; 3];
    for x in 0..4 {
        let mean = (r0[x] << BITS) + (1 << (BITS - 1));
        let (slope, bend) = (r1[x] * SIXTH_BITS, r2[x] * THIRD_BITS);
        rows[0][x] = (mean + bend + slope) >> BITS;
        rows[1][x] = (mean - 2 * bend) >> BITS;
        rows[2][x] = (mean + bend - slope) >> BITS;
    }
    rows
}

/// Turns 4 x 4 coefficients, row by row, into samples with three bits of fraction.
#[inline(always)]
pub(crate) fn half(coefficients: [i32; 16]) -> [i16; 16] {
    let [r0, r1, r2, r3] = std::array::from_fn(|y| -> [i32; 4] {
        std::array::from_fn(|x| nearest(coefficients[y * 4 + x]).into())
    });
    let columns = four_rows([r0, r1, r2, r3]);
    let across = four_rows(transposed(columns));
    let rows = transposed(across);
    std::array::from_fn(|index| nearest(rows[index / 4][index % 4]))
}

/// The inverse DCT of four points, times 2, of four columns at once.
///
/// What 16 bits can hold grows less than fourfold, so that also the second pass fits into 32 bits.
#[inline(always)]
fn four_rows([r0, r1, r2, r3]: [[i32; 4]; 4]) -> [[i32; 4]; 4] {
    const BITS: u32 = 12;
    /// [`STEEP`] and [`FLAT`] with so many bits of fraction.
    const STEEP_BITS: i32 = 5_352;
    const FLAT_BITS: i32 = 2_217;
    let mut rows = [[0; 4]; 4];
    for x in 0..4 {
        let (c0, c2) = ((r0[x] << BITS) + (1 << (BITS - 1)), r2[x] << BITS);
        let (even, odd) = (c0 + c2, c0 - c2);
        let outer = r1[x] * STEEP_BITS + r3[x] * FLAT_BITS;
        let inner = r1[x] * FLAT_BITS - r3[x] * STEEP_BITS;
        rows[0][x] = (even + outer) >> BITS;
        rows[1][x] = (odd + inner) >> BITS;
        rows[2][x] = (odd - inner) >> BITS;
        rows[3][x] = (even - outer) >> BITS;
    }
    rows
}

#[inline(always)]
fn transposed(rows: [[i32; 4]; 4]) -> [[i32; 4]; 4] {
    std::array::from_fn(|x| std::array::from_fn(|y| rows[y][x]))
}

/// The square root of 2, times the cosine of an eighth and of three eighths of pi.
const STEEP: f32 = 1.306_563;
const FLAT: f32 = 0.541_196_1;

/// Turns the coefficients of a whole block, row by row, into samples with three bits of fraction.
pub(crate) fn whole(coefficients: [i32; 64]) -> [i16; 64] {
    let mut columns = [0.0; 64];
    for x in 0..8 {
        let column = std::array::from_fn(|y| coefficients[y * 8 + x] as f32);
        for (y, sample) in eight_points(column).into_iter().enumerate() {
            columns[y * 8 + x] = sample;
        }
    }
    let mut samples = [0; 64];
    let rows = columns.as_chunks::<8>().0;
    for (samples, row) in samples.as_chunks_mut::<8>().0.iter_mut().zip(rows) {
        *samples = eight_points(*row).map(|sample| sample.round_ties_even() as i16);
    }
    samples
}

/// The inverse DCT of eight points, times the square root of 8: the even ones are an inverse DCT of four.
#[inline(always)]
fn eight_points([c0, c1, c2, c3, c4, c5, c6, c7]: [f32; 8]) -> [f32; 8] {
    /// The square root of 2, times the cosines of 1, 3, 5 and 7 sixteenths of pi.
    const C: [f32; 4] = [1.387_039_8, 1.175_875_6, 0.785_695, 0.275_899_4];
    let [e0, e1, e2, e3] = four_points([c0, c2, c4, c6]);
    let odd = [
        C[0] * c1 + C[1] * c3 + C[2] * c5 + C[3] * c7,
        C[1] * c1 - C[3] * c3 - C[0] * c5 - C[2] * c7,
        C[2] * c1 - C[0] * c3 + C[3] * c5 + C[1] * c7,
        C[3] * c1 - C[2] * c3 + C[1] * c5 - C[0] * c7,
    ];
    let [o0, o1, o2, o3] = odd;
    [
        e0 + o0,
        e1 + o1,
        e2 + o2,
        e3 + o3,
        e3 - o3,
        e2 - o2,
        e1 - o1,
        e0 - o0,
    ]
}

/// The inverse DCT of four points, times 2.
#[inline(always)]
fn four_points([c0, c1, c2, c3]: [f32; 4]) -> [f32; 4] {
    let (even, odd) = (c0 + c2, c0 - c2);
    let (outer, inner) = (c1 * STEEP + c3 * FLAT, c1 * FLAT - c3 * STEEP);
    [even + outer, odd + inner, odd - inner, even - outer]
}

/// The nearest number that a sample can be.
#[inline(always)]
pub(crate) fn nearest(sample: i32) -> i16 {
    sample.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    /// The inverse DCT (T.81, A.3.3) with `side` points, scaled as the module says, times 8.
    fn expected(coefficients: &[i32], side: usize) -> Vec<i16> {
        let basis = |k: usize, x: usize| {
            let norm = if k == 0 { 1.0 } else { 2_f64.sqrt() } / (side as f64).sqrt();
            norm * (PI * (2 * x + 1) as f64 * k as f64 / (2 * side) as f64).cos()
        };
        let sample = |x: usize, y: usize| {
            let terms = (0..side * side).map(|index| {
                let (v, u) = (index / side, index % side);
                f64::from(coefficients[index]) * basis(u, x) * basis(v, y)
            });
            (terms.sum::<f64>() * side as f64).round() as i16
        };
        (0..side * side)
            .map(|index| sample(index % side, index / side))
            .collect()
    }

    fn assert_close(samples: &[i16], expected: &[i16], most: u16) {
        let mut pairs = samples.iter().zip(expected);
        let close = pairs.all(|(sample, wanted)| sample.abs_diff(*wanted) <= most);
        assert!(close, "{samples:?} is not {expected:?}");
    }

    #[test]
    fn the_transforms_are_those_of_the_definition() {
        for seed in 0..50 {
            let coefficient = |index: i32| (seed * 7_919 + index * 104_729) % 700 - 350;
            let all: Vec<i32> = (0..16).map(coefficient).collect();
            assert_eq!(
                quarter(*all.first_chunk().unwrap()).as_slice(),
                expected(&all[..4], 2)
            );
            let three_eighths = three_eighths(*all.first_chunk().unwrap());
            assert_close(&three_eighths, &expected(&all[..9], 3), 2);
            let half = half(*all.first_chunk().unwrap());
            assert_close(&half, &expected(&all, 4), 2);
            let all: Vec<i32> = (0..64).map(coefficient).collect();
            let whole = whole(*all.first_chunk().unwrap());
            assert_close(&whole, &expected(&all, 8), 1);
        }
    }

    #[test]
    fn what_no_picture_has_is_clamped() {
        assert_eq!(quarter([i32::from(i16::MAX); 4]), [i16::MAX, 0, 0, 0]);
        assert_eq!(three_eighths([i32::MAX; 9])[0], i16::MAX);
        assert_eq!(three_eighths([i32::MIN; 9])[0], i16::MIN);
        assert_eq!(half([i32::MAX; 16])[0], i16::MAX);
        assert_eq!(half([i32::MIN; 16])[0], i16::MIN);
        assert_eq!(whole([i32::MAX; 64])[0], i16::MAX);
    }
}
