/// The longest side of a thumbnail where nothing else is asked for, in pixels.
const LONGEST_SIDE: u32 = 100;

/// The size of the thumbnail of a picture: in the box of the default settings, never enlarged, each side
/// rounded to the nearest pixel, a half up.
pub(super) fn fitted(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= LONGEST_SIDE {
        return (width, height);
    }
    let side = |side: u32| ((2 * side * LONGEST_SIDE + longest) / (2 * longest)).max(1);
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_fit_the_box_and_are_not_enlarged() {
        assert_eq!(fitted(400, 300), (100, 75));
        assert_eq!(fitted(2_560, 1_600), (100, 63));
        assert_eq!(fitted(64, 64), (64, 64));
        assert_eq!(fitted(3, 10_000), (1, 100));
    }
}
