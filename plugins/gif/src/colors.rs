/// A pixel of the canvas: red, green, blue, and alpha that is 255 or, with all four, 0.
pub(crate) type Rgba = [u8; 4];

/// What an index beyond the palette shows, as in Chrome.
const BLACK: Rgba = [0, 0, 0, u8::MAX];

/// The colour of each index of an image.
#[derive(Clone, Debug)]
pub(crate) struct Colors {
    colors: Box<[Rgba; 256]>,
    transparent: Option<u8>,
}

impl Colors {
    /// Those of a palette, of three bytes a colour.
    pub(crate) fn of_palette(palette: &[u8]) -> Self {
        let mut colors = Box::new([BLACK; 256]);
        for (color, [red, green, blue]) in colors.iter_mut().zip(palette.as_chunks().0) {
            *color = [*red, *green, *blue, u8::MAX];
        }
        Self {
            colors,
            transparent: None,
        }
    }

    /// Greys from black to white, for an image that has no palette.
    pub(crate) fn greys(min_code_size: u8) -> Self {
        let brightest = (1_u32 << min_code_size.clamp(1, 8)) - 1;
        let grey = |index: u32| (index * 255 / brightest).min(255) as u8;
        let palette: Vec<u8> = (0..256).flat_map(|index| [grey(index); 3]).collect();
        Self::of_palette(&palette)
    }

    /// The same where one index shows nothing.
    pub(crate) fn without(mut self, transparent: Option<u8>) -> Self {
        if let Some(index) = transparent {
            self.colors[usize::from(index)] = [0; 4];
            self.transparent = transparent;
        }
        self
    }

    pub(crate) fn of(&self, index: u8) -> Rgba {
        self.colors[usize::from(index)]
    }

    /// The index that shows nothing.
    pub(crate) fn transparent(&self) -> Option<u8> {
        self.transparent
    }

    pub(crate) fn all(&self) -> &[Rgba; 256] {
        &self.colors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_palette_there_are_greys_from_black_to_white() {
        let two = Colors::greys(1);
        assert_eq!([two.of(0), two.of(1)], [BLACK, [255; 4]]);
        let all = Colors::greys(8);
        assert_eq!(all.of(77), [77, 77, 77, 255]);
        assert_eq!(Colors::greys(11).of(255), [255; 4]);
    }

    #[test]
    fn beyond_the_palette_there_is_black() {
        let colors = Colors::of_palette(&[1, 2, 3]).without(Some(9));
        assert_eq!(
            [colors.of(0), colors.of(1), colors.of(9)],
            [[1, 2, 3, 255], BLACK, [0; 4]]
        );
    }
}
