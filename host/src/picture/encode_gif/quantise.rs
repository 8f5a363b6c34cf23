//! Few colours for many: Xiaolin Wu's quantiser ("Efficient Statistical Computations for Optimal Color
//! Quantization", Graphics Gems II, 1991). The space of colours is cut into boxes, always the one that varies most, where
//! that makes the sum of the two variances smallest; each box becomes its mean. Sums over any box come from a
//! table of sums over all boxes that begin at black.

use std::ops::Range;

use super::moments::{Moments, add, mean, of_color, variance};
use super::pixel::Rgb;

/// Steps of each channel, over the range that occurs.
const STEPS: usize = 32;
const SIDE: usize = STEPS + 1;

/// How often which colour occurs.
pub(super) struct Histogram {
    low: Rgb,
    /// How many steps a level of each channel is.
    scale: [f32; 3],
    cells: Vec<Moments>,
}

impl Histogram {
    pub(super) fn of(colors: impl Iterator<Item = Rgb> + Clone) -> Self {
        let (mut low, mut high) = ([u8::MAX; 3], [0; 3]);
        for color in colors.clone() {
            for lane in 0..3 {
                low[lane] = color[lane].min(low[lane]);
                high[lane] = color[lane].max(high[lane]);
            }
        }
        let levels = |lane: usize| f32::from(high[lane].saturating_sub(low[lane])) + 1.0;
        let scale = [0, 1, 2].map(|lane| STEPS as f32 / levels(lane));
        let mut histogram = Self {
            low,
            scale,
            cells: vec![[0.0; 5]; SIDE * SIDE * SIDE],
        };
        colors.for_each(|color| histogram.add(color));
        histogram
    }

    fn add(&mut self, color: Rgb) {
        // Cell 0 of each channel stays empty, as the sum of nothing.
        let step =
            |lane: usize| (f32::from(color[lane] - self.low[lane]) * self.scale[lane]) as usize + 1;
        let cell = &mut self.cells[place([step(0), step(1), step(2)])];
        add(cell, of_color(color));
    }

    /// At most so many colours that stand for all of them.
    pub(super) fn quantised(mut self, max_colors: usize) -> Vec<Rgb> {
        self.sum_up();
        let whole = [1..SIDE, 1..SIDE, 1..SIDE].map(|range| range.start - 1..range.end - 1);
        let mut boxes = vec![self.counted(whole)];
        while boxes.len() < max_colors
            && let Some(worst) = (0..boxes.len())
                .max_by(|one, other| boxes[*one].variance.total_cmp(&boxes[*other].variance))
            && boxes[worst].variance > 0.0
        {
            match self.cut(&boxes[worst]) {
                Some(halves) => {
                    let [one, other] = halves.map(|half| self.counted(half));
                    boxes[worst] = one;
                    boxes.push(other);
                }
                None => boxes[worst].variance = 0.0,
            }
        }
        boxes
            .iter()
            .filter_map(|one| mean(&self.moments(&one.sides)))
            .collect()
    }

    /// Makes each cell the sum over the box from the first cell to it.
    fn sum_up(&mut self) {
        for row in self.cells.chunks_exact_mut(SIDE) {
            add_up(row, 1);
        }
        for plane in self.cells.chunks_exact_mut(SIDE * SIDE) {
            add_up(plane, SIDE);
        }
        add_up(&mut self.cells, SIDE * SIDE);
    }

    fn counted(&self, sides: Sides) -> ColorBox {
        let variance = variance(&self.moments(&sides));
        ColorBox { sides, variance }
    }

    /// The sums over a box: the corners count for and against in turn.
    fn moments(&self, sides: &Sides) -> Moments {
        let mut sum = Moments::default();
        for corner in 0..8_usize {
            let end = |lane: usize| corner >> lane & 1 == 0;
            let at = [0, 1, 2].map(|lane| {
                if end(lane) {
                    sides[lane].end
                } else {
                    sides[lane].start
                }
            });
            let sign = if corner.count_ones().is_multiple_of(2) {
                1.0
            } else {
                -1.0
            };
            let cell = &self.cells[place(at)];
            sum.iter_mut()
                .zip(cell)
                .for_each(|(sum, moment)| *sum += moment * sign);
        }
        sum
    }

    /// The two halves that vary least together.
    fn cut(&self, whole: &ColorBox) -> Option<[Sides; 2]> {
        let total = self.moments(&whole.sides);
        let mut best = None;
        for lane in 0..3 {
            let Range { start, end } = whole.sides[lane].clone();
            let below = self.moments_below(&whole.sides, lane, start);
            for at in start + 1..end {
                let up_to = self.moments_below(&whole.sides, lane, at);
                let one = difference(&up_to, &below);
                let other = difference(&total, &one);
                let left = variance(&one) + variance(&other);
                let is_cut = one[0] > 0.0 && other[0] > 0.0;
                if is_cut && best.is_none_or(|(least, _, _)| left < least) {
                    best = Some((left, lane, at));
                }
            }
        }
        best.map(|(_, lane, at)| cut_at(&whole.sides, lane, at))
    }

    /// The sums over a box that begins at black in one channel, and ends there.
    fn moments_below(&self, sides: &Sides, lane: usize, end: usize) -> Moments {
        let (one, other) = ((lane + 1) % 3, (lane + 2) % 3);
        let corner = |at_one: usize, at_other: usize| {
            let mut at = [end; 3];
            (at[one], at[other]) = (at_one, at_other);
            &self.cells[place(at)]
        };
        let (one, other) = (&sides[one], &sides[other]);
        let (inner, outer) = (corner(one.start, other.start), corner(one.end, other.end));
        let (left, right) = (corner(one.start, other.end), corner(one.end, other.start));
        std::array::from_fn(|moment| outer[moment] - left[moment] - right[moment] + inner[moment])
    }
}

/// Adds to each cell, from the first on, the one that is so many cells before it.
fn add_up(cells: &mut [Moments], step: usize) {
    for start in (step..cells.len()).step_by(step) {
        let (before, from) = cells.split_at_mut(start);
        let before = &before[start - step..];
        from.iter_mut()
            .zip(before)
            .for_each(|(cell, before)| add(cell, *before));
    }
}

fn difference(whole: &Moments, part: &Moments) -> Moments {
    std::array::from_fn(|moment| whole[moment] - part[moment])
}

/// Where a box begins and ends in each channel; the cells after `start` up to `end` are in it.
type Sides = [Range<usize>; 3];

struct ColorBox {
    sides: Sides,
    variance: f64,
}

fn cut_at(sides: &Sides, lane: usize, at: usize) -> [Sides; 2] {
    let (mut one, mut other) = (sides.clone(), sides.clone());
    one[lane].end = at;
    other[lane].start = at;
    [one, other]
}

fn place([red, green, blue]: [usize; 3]) -> usize {
    (red * SIDE + green) * SIDE + blue
}
