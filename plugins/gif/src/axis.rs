use std::ops::Range;

/// Lengths are counted in parts of a pixel, so that boxes need not begin where a pixel does.
pub(crate) const PARTS: u32 = 32;

/// No box is longer than so many pixels, so that the sum over its area fits into 31 bits:
/// 255 x (64 pixels x 32 parts)^2 is about 2^30.
const MAX_BOX_PIXELS: u32 = 64;

/// How the pixels along one side are spread over boxes, each of which becomes one pixel.
#[derive(Debug)]
pub(crate) struct Axis {
    /// Where each box begins, and where the last one ends, in parts.
    edges: Vec<u32>,
}

impl Axis {
    /// Spreads `pixels` evenly over `boxes`, or over more where they would be too long, or fewer where there
    /// are fewer pixels. Neither is 0, and there are less than 2^26 pixels.
    pub(crate) fn new(pixels: u32, boxes: u32) -> Self {
        let boxes = boxes.clamp(pixels.div_ceil(MAX_BOX_PIXELS), pixels).max(1);
        let edge = |index| u64::from(index) * u64::from(pixels * PARTS) / u64::from(boxes);
        Self {
            edges: (0..=boxes).map(|index| edge(index) as u32).collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// From where to where a box goes, in parts.
    #[inline]
    pub(crate) fn parts(&self, index: usize) -> Range<u32> {
        self.edges[index]..self.edges[index + 1]
    }

    /// The pixels that a run of boxes touches.
    pub(crate) fn pixels(&self, boxes: &Range<usize>) -> Range<usize> {
        let [start, end] = [boxes.start, boxes.end].map(|index| self.edges[index]);
        (start / PARTS) as usize..end.div_ceil(PARTS) as usize
    }

    /// The boxes that a run of pixels touches.
    pub(crate) fn boxes(&self, pixels: &Range<usize>) -> Range<usize> {
        let [start, end] = [pixels.start, pixels.end].map(|pixel| pixel as u32 * PARTS);
        let first = self.edges[1..].partition_point(|edge| *edge <= start);
        let end = self.edges[..self.len()].partition_point(|edge| *edge < end);
        first..end.max(first)
    }
}

/// How much of a pixel lies in a box, in parts.
#[inline]
pub(crate) fn overlap(pixel: usize, parts: &Range<u32>) -> u32 {
    let start = pixel as u32 * PARTS;
    parts
        .end
        .min(start + PARTS)
        .saturating_sub(parts.start.max(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_and_boxes_find_each_other() {
        for (pixels, boxes) in [(640, 214), (7, 5), (1, 1), (300, 300), (131_070, 2_048)] {
            let axis = Axis::new(pixels, boxes);
            assert_eq!(axis.len(), boxes as usize);
            for pixel in (0..pixels as usize).step_by(1 + pixels as usize / 500) {
                let touched = axis.boxes(&(pixel..pixel + 1));
                let whole: u32 = touched
                    .clone()
                    .map(|index| overlap(pixel, &axis.parts(index)))
                    .sum();
                assert_eq!(whole, PARTS, "{pixels} {boxes} {pixel}");
                assert!(axis.pixels(&touched).contains(&pixel));
            }
        }
    }

    #[test]
    fn boxes_are_never_too_long() {
        let axis = Axis::new(1_000, 1);
        assert_eq!(axis.len(), 16);
        assert!((0..16).all(|index| axis.parts(index).len() <= 64 * 32));
    }
}
