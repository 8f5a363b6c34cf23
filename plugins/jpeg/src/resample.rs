//! Brings a plane to the size of the raster, with the geometry of the picture kept.
//!
//! The last column of a plane may stand for less of the picture than the others do, and the planes of the
//! colours are coarser than that of the light. So each sample of the raster is a weighted sum of those
//! around the place where it lies in the plane; the weights are those of a cubic filter (Catmull and Rom),
//! made wider where the plane is shrunk.

use std::rc::Rc;

use crate::planes::{Plane, Planes};
use crate::transform::nearest;

/// Weights are multiples of this part of 1.
const WEIGHT_BITS: u32 = 14;
const HALF_WEIGHT: i32 = 1 << (WEIGHT_BITS - 1);

/// Where each sample becomes two, so many at each edge have weights of their own.
const EDGE: usize = 4;

/// The same resampling of every row, or of every column.
struct Axis {
    /// How many samples make one; 1 if the plane has the right size already.
    taps: usize,
    /// The first of them, for each sample of the raster.
    starts: Vec<usize>,
    weights: Vec<i16>,
    /// Each sample becomes two, as is common for colours: but for the edges, all have the same weights.
    doubles: bool,
}

impl Axis {
    /// `source` samples, of which there are `density` for each pixel, become `count` that cover `pixels`
    /// together.
    fn new(source: usize, density: f64, count: usize, pixels: f64) -> Self {
        // Densities are mostly dyadic fractions, so that ratios such as one half come out exactly.
        let ratio = pixels * density / count as f64;
        if source == count && ratio == 1.0 {
            return Self {
                taps: 1,
                starts: Vec::new(),
                weights: Vec::new(),
                doubles: false,
            };
        }
        let width = ratio.max(1.0);
        // A multiple of 4, which is summed quicker; what is too many has no weight.
        let taps = (4.0 * width).ceil() as usize;
        let taps = taps.next_multiple_of(4).min(source);
        let mut axis = Self {
            taps,
            starts: Vec::with_capacity(count),
            weights: Vec::with_capacity(count * taps),
            doubles: ratio == 0.5 && count == 2 * source && source > 4,
        };
        let mut scratch = vec![0.0; taps];
        for index in 0..count {
            if axis.doubles && (EDGE + 2..count - EDGE).contains(&index) {
                axis.repeat();
            } else {
                axis.add(
                    source,
                    (index as f64 + 0.5) * ratio - 0.5,
                    width,
                    &mut scratch,
                );
            }
        }
        axis
    }

    /// Adds what was added before the last time, one sample further.
    fn repeat(&mut self) {
        let start = self.starts[self.starts.len() - 2] + 1;
        self.starts.push(start);
        let weights = self.weights.len() - 2 * self.taps;
        self.weights
            .extend_from_within(weights..weights + self.taps);
    }

    fn add(&mut self, source: usize, center: f64, width: f64, weights: &mut [f64]) {
        let first = (center - 2.0 * width).floor() as isize + 1;
        let start = first.clamp(0, (source - self.taps) as isize);
        weights.fill(0.0);
        // Beyond the edges the samples at the edges go on.
        for at in first..=first + (4.0 * width).ceil() as isize {
            let nearest = at.clamp(start, start + self.taps as isize - 1);
            weights[(nearest - start) as usize] += cubic((at as f64 - center) / width);
        }
        let sum: f64 = weights.iter().sum();
        let one = f64::from(1 << WEIGHT_BITS);
        let weights = weights
            .iter()
            .map(|weight| (weight / sum * one + 0.5).floor() as i16);
        self.starts.push(start as usize);
        self.weights.extend(weights);
    }

    fn is_identity(&self) -> bool {
        self.starts.is_empty()
    }
}

/// The cubic filter with a slope of one half, which keeps what needs no resampling.
fn cubic(distance: f64) -> f64 {
    let x = distance.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// Gives the rows of a plane at the size of the raster, one after the other.
pub(crate) struct Resampler<'p> {
    planes: &'p Planes,
    plane: &'p Plane,
    across: Rc<Axis>,
    down: Rc<Axis>,
    sums: Vec<i32>,
    column: Vec<i16>,
    row: Vec<i16>,
}

impl<'p> Resampler<'p> {
    /// One for each plane. `raster` is the size to bring them to, and `picture` the size of the picture, in
    /// pixels.
    pub(crate) fn all(
        planes: &'p Planes,
        raster: (usize, usize),
        picture: (f64, f64),
    ) -> Vec<Self> {
        let mut resamplers: Vec<Self> = Vec::with_capacity(planes.planes.len());
        for plane in &planes.planes {
            // Both colours have the same weights, which take long to find.
            let mut others = resamplers.iter();
            let same = others.find(|other| {
                (other.plane.size, other.plane.density) == (plane.size, plane.density)
            });
            let (across, down) = match same {
                Some(other) => (Rc::clone(&other.across), Rc::clone(&other.down)),
                None => axes(plane, raster, picture),
            };
            let width = plane.size.width as usize;
            resamplers.push(Self {
                planes,
                plane,
                across,
                down,
                sums: vec![0; width],
                column: vec![0; width],
                row: vec![0; raster.0],
            });
        }
        resamplers
    }

    /// The row `y` of the raster.
    pub(crate) fn row(&mut self, y: usize) -> &[i16] {
        let samples = if self.down.is_identity() {
            self.planes.row(self.plane, y)
        } else {
            self.sum_rows(y);
            &self.column
        };
        if self.across.is_identity() {
            return samples;
        }
        match self.across.taps {
            4 if self.across.doubles => double_columns(&self.across, samples, &mut self.row),
            4 => sum_columns::<4>(&self.across, samples, &mut self.row),
            8 => sum_columns::<8>(&self.across, samples, &mut self.row),
            12 => sum_columns::<12>(&self.across, samples, &mut self.row),
            16 => sum_columns::<16>(&self.across, samples, &mut self.row),
            _ => sum_any_columns(&self.across, samples, &mut self.row),
        }
        &self.row
    }

    fn sum_rows(&mut self, y: usize) {
        let weights = &self.down.weights[y * self.down.taps..][..self.down.taps];
        if let Ok(weights) = weights.try_into() {
            let start = self.down.starts[y];
            let rows = [0, 1, 2, 3].map(|nth| self.planes.row(self.plane, start + nth));
            return sum_four_rows(&mut self.column, rows, weights);
        }
        self.sums.fill(HALF_WEIGHT);
        let (fours, others) = weights.as_chunks::<4>();
        let mut source = self.down.starts[y];
        for weights in fours {
            let rows = [0, 1, 2, 3].map(|nth| self.planes.row(self.plane, source + nth));
            add_rows(&mut self.sums, rows, *weights);
            source += 4;
        }
        for weight in others {
            let row = self.planes.row(self.plane, source);
            add_rows(&mut self.sums, [row], [*weight]);
            source += 1;
        }
        for (sample, sum) in self.column.iter_mut().zip(&self.sums) {
            *sample = nearest(sum >> WEIGHT_BITS);
        }
    }
}

fn axes(plane: &Plane, raster: (usize, usize), picture: (f64, f64)) -> (Rc<Axis>, Rc<Axis>) {
    let (width, height) = (plane.size.width as usize, plane.size.height as usize);
    let across = Axis::new(width, plane.density.0, raster.0, picture.0);
    let down = Axis::new(height, plane.density.1, raster.1, picture.1);
    (Rc::new(across), Rc::new(down))
}

/// Sums as many rows as most pictures need at once, without a look at what was summed before.
fn sum_four_rows(column: &mut [i16], rows: [&[i16]; 4], weights: [i16; 4]) {
    let [first, second, third, fourth] = rows.map(|row| &row[..column.len()]);
    for (x, sample) in column.iter_mut().enumerate() {
        *sample = weighted(&[first[x], second[x], third[x], fourth[x]], &weights);
    }
}

/// Adds rows to sums, each with its weight.
#[inline(always)]
fn add_rows<const COUNT: usize>(sums: &mut [i32], rows: [&[i16]; COUNT], weights: [i16; COUNT]) {
    let rows = rows.map(|row| &row[..sums.len()]);
    for (x, sum) in sums.iter_mut().enumerate() {
        for (row, weight) in rows.iter().zip(weights) {
            *sum += i32::from(row[x]) * i32::from(weight);
        }
    }
}

fn sum_columns<const TAPS: usize>(axis: &Axis, samples: &[i16], row: &mut [i16]) {
    let weights = axis.weights.as_chunks::<TAPS>().0;
    for ((result, start), weights) in row.iter_mut().zip(&axis.starts).zip(weights) {
        if let Some(samples) = samples[*start..].first_chunk::<TAPS>() {
            *result = weighted(samples, weights);
        }
    }
}

/// Does the same as [`sum_columns`] in a way that compilers turn into vectors.
fn double_columns(axis: &Axis, samples: &[i16], row: &mut [i16]) {
    let weights = axis.weights.as_chunks::<4>().0;
    let (left, right) = (weights[EDGE], weights[EDGE + 1]);
    let inner = row.len() - 2 * EDGE;
    let pairs = row[EDGE..EDGE + inner].as_chunks_mut::<2>().0;
    for (pair, [a, b, c, d, e]) in pairs.iter_mut().zip(samples.array_windows::<5>()) {
        *pair = [
            weighted(&[*a, *b, *c, *d], &left),
            weighted(&[*b, *c, *d, *e], &right),
        ];
    }
    let edges = (0..EDGE).chain(EDGE + inner..row.len());
    for index in edges {
        let samples = &samples[axis.starts[index]..];
        row[index] = weighted(&samples[..4], &weights[index]);
    }
}

fn sum_any_columns(axis: &Axis, samples: &[i16], row: &mut [i16]) {
    let weights = axis.weights.chunks_exact(axis.taps);
    for ((result, start), weights) in row.iter_mut().zip(&axis.starts).zip(weights) {
        *result = weighted(&samples[*start..][..axis.taps], weights);
    }
}

#[inline(always)]
fn weighted(samples: &[i16], weights: &[i16]) -> i16 {
    let products = samples.iter().zip(weights);
    let sum: i32 = products
        .map(|(sample, weight)| i32::from(*sample) * i32::from(*weight))
        .sum();
    nearest((sum + HALF_WEIGHT) >> WEIGHT_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resampled(source: &[i16], density: f64, count: usize, pixels: f64) -> Vec<i16> {
        let axis = Axis::new(source.len(), density, count, pixels);
        if axis.is_identity() {
            return source.to_vec();
        }
        let mut row = vec![0; count];
        sum_any_columns(&axis, source, &mut row);
        row
    }

    #[test]
    fn a_plane_of_the_right_size_is_kept() {
        assert_eq!(resampled(&[1, 5, 9], 0.125, 3, 24.0), [1, 5, 9]);
    }

    #[test]
    fn a_slope_stays_the_same_slope() {
        let slope: Vec<i16> = (0..100).map(|x| x * 80).collect();
        let ratios = [(100, 800.0), (50, 800.0), (200, 800.0), (100, 793.0)];
        for (count, pixels) in ratios {
            let row = resampled(&slope, 0.125, count, pixels);
            for (index, sample) in row.iter().enumerate().take(count - 8).skip(8) {
                let place = (index as f64 + 0.5) * pixels / count as f64 * 0.125 - 0.5;
                let error = f64::from(*sample) - place * 80.0;
                assert!(error.abs() < 2.0, "{count} {pixels} {index} {error}");
            }
        }
    }

    #[test]
    fn doubling_is_what_the_weights_say() {
        for length in 5..40 {
            let source: Vec<i16> = (0..length).map(|x| x % 7 * 211 - x % 3 * 97).collect();
            let axis = Axis::new(
                source.len(),
                0.125,
                2 * source.len(),
                source.len() as f64 * 8.0,
            );
            assert!(axis.doubles);
            let mut row = vec![0; 2 * source.len()];
            double_columns(&axis, &source, &mut row);
            let mut expected = vec![0; 2 * source.len()];
            sum_any_columns(&axis, &source, &mut expected);
            assert_eq!(row, expected);
        }
    }

    #[test]
    fn flat_stays_flat_at_any_size() {
        for source in 1..20 {
            for count in 1..40 {
                let row = resampled(&vec![-777; source], 0.125, count, source as f64 * 8.0 - 3.0);
                assert!(
                    row.iter().all(|sample| (-778..=-776).contains(sample)),
                    "{row:?}"
                );
            }
        }
    }
}
