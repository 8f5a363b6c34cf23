//! The order of the coefficients of a block (T.81, figure 5), and which of them a scale needs.

use crate::planes::Scale;

/// The place of each coefficient, row by row.
const PLACES: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// The row and the column of a coefficient.
pub(crate) fn place(index: usize) -> (usize, usize) {
    let place = usize::from(PLACES[index & 63]);
    (place / 8, place % 8)
}

/// The coefficients that a scale needs, a bit for each.
pub(crate) fn needed(scale: Scale) -> u64 {
    let side = scale.side() as usize;
    (0..64)
        .filter(|index| place(*index).0 < side && place(*index).1 < side)
        .fold(0, |needed, index| needed | 1 << index)
}

/// For each coefficient its place among the `SIDE` x `SIDE` lowest ones, and one place more for all others.
pub(crate) const fn low_places<const SIDE: usize>() -> [u8; 64] {
    let mut places = [(SIDE * SIDE) as u8; 64];
    let mut index = 0;
    while index < 64 {
        let place = PLACES[index] as usize;
        if place / 8 < SIDE && place % 8 < SIDE {
            places[index] = (place / 8 * SIDE + place % 8) as u8;
        }
        index += 1;
    }
    places
}

/// The last of the `SIDE` x `SIDE` lowest coefficients.
pub(crate) const fn last_low<const SIDE: usize>() -> u32 {
    let mut index = 63;
    while low_places::<SIDE>()[index] as usize == SIDE * SIDE {
        index -= 1;
    }
    index as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_coefficients_are_known() {
        assert_eq!(needed(Scale::Eighth), 1);
        assert_eq!(needed(Scale::Quarter), 0b1_0111);
        assert_eq!(needed(Scale::Half).count_ones(), 16);
        assert_eq!(needed(Scale::ThreeEighths), 0b1_0001_1011_1111);
        let last = [last_low::<2>(), last_low::<3>(), last_low::<4>()];
        assert_eq!(last, [4, 12, 24]);
        assert_eq!(low_places::<2>()[..5], [0, 1, 2, 4, 3]);
    }
}
