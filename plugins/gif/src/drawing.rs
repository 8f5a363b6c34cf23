use std::ops::Range;

use crate::colors::{Colors, Rgba};

/// So many indices are compared at once.
const CHUNK: usize = 16;

/// Draws indices over pixels, and gives the columns from the first to the last that has changed.
///
/// In most frames of a screen recording that is little or nothing, so what stays is found first, and quickly.
pub(crate) fn draw(pixels: &mut [Rgba], indices: &[u8], colors: &Colors) -> Range<usize> {
    let indices = &indices[..indices.len().min(pixels.len())];
    let visible = match colors.transparent() {
        Some(transparent) => visible(indices, transparent),
        None => 0..indices.len(),
    };
    let changed = changed(pixels, indices, colors, visible);
    let both = pixels[changed.clone()]
        .iter_mut()
        .zip(&indices[changed.clone()]);
    if colors.transparent().is_none() {
        both.for_each(|(pixel, index)| *pixel = colors.of(*index));
    } else {
        both.for_each(|(pixel, index)| *pixel = drawn(*pixel, *index, colors));
    }
    changed
}

/// From the first to the last index that is not transparent.
fn visible(indices: &[u8], transparent: u8) -> Range<usize> {
    let start = common_prefix(indices, transparent);
    let end = indices.len() - common_suffix(&indices[start..], transparent);
    start..end
}

fn common_prefix(indices: &[u8], index: u8) -> usize {
    let (chunks, _) = indices.as_chunks::<CHUNK>();
    let whole = chunks.iter().take_while(|chunk| **chunk == [index; CHUNK]);
    let start = whole.count() * CHUNK;
    let rest = indices[start..].iter();
    start + rest.take_while(|other| **other == index).count()
}

fn common_suffix(indices: &[u8], index: u8) -> usize {
    let (_, chunks) = indices.as_rchunks::<CHUNK>();
    let chunks = chunks.iter().rev();
    let whole = chunks.take_while(|chunk| **chunk == [index; CHUNK]);
    let start = whole.count() * CHUNK;
    let rest = indices[..indices.len() - start].iter().rev();
    start + rest.take_while(|other| **other == index).count()
}

/// The part of a range from the first to the last pixel that becomes another.
fn changed(pixels: &[Rgba], indices: &[u8], colors: &Colors, range: Range<usize>) -> Range<usize> {
    let mut both = pixels[range.clone()].iter().zip(&indices[range.clone()]);
    let changes = |(pixel, index): (&Rgba, &u8)| drawn(*pixel, *index, colors) != *pixel;
    let Some(first) = both.position(changes) else {
        return range.start..range.start;
    };
    // The first is found, so there is a last one.
    let after = both.rev().take_while(|both| !changes(*both)).count();
    range.start + first..range.end - after
}

#[inline]
fn drawn(pixel: Rgba, index: u8, colors: &Colors) -> Rgba {
    let color = colors.of(index);
    if color[3] == 0 { pixel } else { color }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Index 0 is transparent, and 1 is what is there already.
    fn check(indices: &[u8], changed: Range<usize>) {
        let colors = Colors::of_palette(&[0, 0, 0, 1, 1, 1, 2, 2, 2]).without(Some(0));
        let mut pixels = vec![[1, 1, 1, 255]; indices.len()];
        assert_eq!(draw(&mut pixels, indices, &colors), changed, "{indices:?}");
        for (pixel, index) in pixels.iter().zip(indices) {
            assert_eq!(pixel[0], (*index).max(1));
        }
    }

    #[test]
    fn what_stays_as_it_is_has_not_changed() {
        check(&[], 0..0);
        check(&[2], 0..1);
        check(&[0, 1, 2, 1, 0, 2, 1, 0, 0], 2..6);
        check(&[0; 40], 40..40);
        check(&[1; 40], 0..0);
    }

    #[test]
    fn one_change_is_found_wherever_it_is() {
        for len in [1, 15, 16, 17, 31, 32, 33, 100] {
            for place in 0..len {
                let mut indices = vec![0; len];
                indices[place] = 2;
                check(&indices, place..place + 1);
            }
        }
    }
}
