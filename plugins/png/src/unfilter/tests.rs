use super::*;
use crate::tests::files::noise;

/// As section 9.2 has it, byte by byte.
fn reference(filter: u8, stored: &[u8], above: &[u8], pixel_bytes: usize) -> Vec<u8> {
    let mut samples: Vec<u8> = Vec::new();
    for (index, byte) in stored.iter().enumerate() {
        let before = index.checked_sub(pixel_bytes);
        let left = before.map_or(0, |before| i32::from(samples[before]));
        let above_left = before.map_or(0, |before| i32::from(above[before]));
        let above = i32::from(above[index]);
        let prediction = match filter {
            0 => 0,
            1 => left,
            2 => above,
            3 => (left + above) / 2,
            _ => nearest(left, above, above_left),
        };
        samples.push(byte.wrapping_add(prediction as u8));
    }
    samples
}

fn nearest(left: i32, above: i32, above_left: i32) -> i32 {
    let sum = left + above - above_left;
    let candidates = [left, above, above_left];
    // The first of those that are equally near counts.
    candidates
        .into_iter()
        .min_by_key(|value| (sum - value).abs())
        .unwrap()
}

fn check(filters: &[u8], width: usize, pixel_bytes: usize, seed: u64) {
    let row_bytes = width * pixel_bytes;
    let bytes: Vec<u8> = std::iter::repeat_with(noise(seed))
        .take((filters.len() + 1) * row_bytes)
        .collect();
    let (first_above, stored) = bytes.split_at(row_bytes);
    let mut above = first_above.to_vec();
    let mut expected = Vec::new();
    for (filter, stored) in filters.iter().zip(stored.chunks(row_bytes)) {
        above = reference(*filter, stored, &above, pixel_bytes);
        expected.push(above.clone());
    }
    let mut samples = vec![vec![0; row_bytes]; filters.len()];
    let parts = filters
        .iter()
        .zip(stored.chunks(row_bytes))
        .zip(&mut samples);
    let mut rows_of: Vec<Row<'_>> = parts
        .map(|((filter, stored), samples)| Row {
            filter: Filter::from_byte(*filter).unwrap(),
            stored,
            samples,
        })
        .collect();
    rows(&mut rows_of, first_above, pixel_bytes);
    assert!(samples == expected, "{filters:?} {width} {pixel_bytes}");
}

#[test]
fn every_filter_is_taken_back() {
    for pixel_bytes in [1, 2, 3, 4, 6, 8] {
        for width in [1, 2, 3, 4, 5, 16, 33] {
            for filter in 0..5 {
                check(&[filter], width, pixel_bytes, width as u64);
            }
        }
    }
}

#[test]
fn rows_at_once_are_as_rows_one_by_one() {
    let mut noise = noise(9);
    for pixel_bytes in [1, 2, 3, 4, 6, 8] {
        for width in [1, 2, 3, 4, 7, 40] {
            check(&[4; 7], width, pixel_bytes, width as u64);
            for seed in 0..20 {
                let filters: Vec<u8> = (0..6)
                    .map(|_| [4, 4, 4, 0, 1, 2, 3][usize::from(noise()) % 7])
                    .collect();
                check(&filters, width, pixel_bytes, seed);
            }
        }
    }
}

#[test]
fn there_are_no_other_filters() {
    assert!((5..=u8::MAX).all(|byte| Filter::from_byte(byte).is_none()));
}
