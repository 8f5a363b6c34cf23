use thumbnailify_sdk::{Scatter, Size};

/// One of the reduced images that an interlaced image is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) size: Size,
    x: u32,
    y: u32,
    step_x: u32,
    step_y: u32,
}

/// Where the passes of Adam7 begin and how far their pixels are apart (section 8.1), as x, y.
const PASSES: [([u32; 2], [u32; 2]); 7] = [
    ([0, 0], [8, 8]),
    ([4, 0], [8, 8]),
    ([0, 4], [4, 8]),
    ([2, 0], [4, 4]),
    ([0, 2], [2, 4]),
    ([1, 0], [2, 2]),
    ([0, 1], [1, 2]),
];

/// The passes of an image that have pixels, in order.
pub(crate) fn passes(image: Size) -> impl Iterator<Item = Pass> {
    let pass = move |([x, y], [step_x, step_y]): ([u32; 2], [u32; 2])| Pass {
        size: Size {
            width: image.width.saturating_sub(x).div_ceil(step_x),
            height: image.height.saturating_sub(y).div_ceil(step_y),
        },
        x,
        y,
        step_x,
        step_y,
    };
    PASSES
        .into_iter()
        .map(pass)
        .filter(|pass| pass.size.pixels() > 0)
}

impl Pass {
    /// Where the pixels of one of its rows lie in the image.
    pub(crate) fn place(&self, row: u32) -> Scatter {
        Scatter {
            y: self.y + row * self.step_y,
            x: self.x,
            step: self.step_x,
        }
    }

    /// How many pixels a row has that lies there.
    pub(crate) fn width_at(place: Scatter, image: Size) -> usize {
        image
            .width
            .saturating_sub(place.x)
            .div_ceil(place.step.max(1)) as usize
    }
}
