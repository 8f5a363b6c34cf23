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

/// Turns 4 x 4 coefficients, row by row, into samples with three bits of fraction.
#[inline(always)]
pub(crate) fn half(coefficients: [i32; 16]) -> [i16; 16] {
    let rows = coefficients.map(|coefficient| coefficient as f32);
    let mut columns = [0.0; 16];
    for x in 0..4 {
        let column = four_points([rows[x], rows[4 + x], rows[8 + x], rows[12 + x]]);
        for (y, sample) in column.into_iter().enumerate() {
            columns[y * 4 + x] = sample;
        }
    }
    let mut samples = [0; 16];
    for (samples, row) in samples
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(columns.as_chunks::<4>().0)
    {
        // A float outside of the range becomes the nearest number.
        *samples = four_points(*row).map(|sample| sample.round_ties_even() as i16);
    }
    samples
}

/// The inverse DCT of four points, times 2.
#[inline(always)]
fn four_points([c0, c1, c2, c3]: [f32; 4]) -> [f32; 4] {
    /// The square root of 2, times the cosine of an eighth and of three eighths of pi.
    const STEEP: f32 = 1.306_563;
    const FLAT: f32 = 0.541_196_1;
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

    #[test]
    fn the_transforms_are_those_of_the_definition() {
        for seed in 0..50 {
            let coefficient = |index: i32| (seed * 7_919 + index * 104_729) % 700 - 350;
            let all: Vec<i32> = (0..16).map(coefficient).collect();
            assert_eq!(
                quarter(*all.first_chunk().unwrap()).as_slice(),
                expected(&all[..4], 2)
            );
            let half = half(*all.first_chunk().unwrap());
            let close = half
                .iter()
                .zip(expected(&all, 4))
                .all(|(a, b)| a.abs_diff(b) <= 1);
            assert!(close, "{half:?}");
        }
    }

    #[test]
    fn what_no_picture_has_is_clamped() {
        assert_eq!(quarter([i32::from(i16::MAX); 4]), [i16::MAX, 0, 0, 0]);
        assert_eq!(half([i32::MAX; 16])[0], i16::MAX);
        assert_eq!(half([i32::MIN; 16])[0], i16::MIN);
    }
}
