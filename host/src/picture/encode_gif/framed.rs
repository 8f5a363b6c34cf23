use super::pixel::{Pixel, Rgb};

/// A frame between its neighbours.
pub(super) struct Framed<'a> {
    pub(super) pixels: &'a [Pixel],
    before: Option<&'a [Pixel]>,
    /// The frame after it, which is the first one after the last.
    pub(super) after: &'a [Pixel],
    pub(super) delay_ms: u32,
}

/// The frames in their order.
pub(super) fn framed(frames: &[(Vec<Pixel>, u32)]) -> impl Iterator<Item = Framed<'_>> + Clone {
    (0..).zip(frames).map(|(number, (pixels, delay_ms))| {
        let before = usize::checked_sub(number, 1);
        Framed {
            pixels,
            before: before.map(|before| frames[before].0.as_slice()),
            after: &frames[(number + 1) % frames.len()].0,
            delay_ms: *delay_ms,
        }
    })
}

impl<'a> Framed<'a> {
    /// Whether a pixel is another than in the frame before.
    #[inline]
    pub(super) fn is_new(&self, place: usize) -> bool {
        self.before
            .is_none_or(|before| before[place] != self.pixels[place])
    }

    /// The colours of the pixels that are new.
    pub(super) fn new_colors(&self) -> impl Iterator<Item = Rgb> + Clone + use<'a> {
        let before = self.before;
        let pixels = self.pixels.iter().enumerate();
        pixels.filter_map(move |(place, pixel)| {
            pixel.filter(|_| before.is_none_or(|before| before[place] != *pixel))
        })
    }
}
