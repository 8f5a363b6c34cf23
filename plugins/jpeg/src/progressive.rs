//! Blocks of progressive scans (T.81, G), and the transform once all of them are read.
//!
//! At a reduced scale, refinements of AC coefficients are not read: of a coefficient that is not 0 the middle
//! of what it may be is taken instead. To read them takes all coefficients, also those that no scale needs,
//! and what they add is hidden by shrinking.

use crate::bits::{Bits, Clean};
use crate::header::Quantisation;
use crate::huffman::Huffman;
use crate::planes::{Plane, Planes, Scale};
use crate::scan::BlockReader;
use crate::sequential::store;
use crate::stream::Damage;
use crate::transform::{half, nearest, quarter, three_eighths, whole};
use crate::zigzag::{needed, place};

/// Reads the first scan of DC coefficients (T.81, G.1.2.1).
pub(crate) struct FirstMeans<'t> {
    pub(crate) tables: Vec<&'t Huffman>,
    pub(crate) predictions: [i32; 4],
    pub(crate) low: u8,
    pub(crate) samples: &'t mut [i16],
}

impl BlockReader for FirstMeans<'_> {
    fn restart(&mut self) {
        self.predictions = [0; 4];
    }

    #[inline(always)]
    fn read_block(
        &mut self,
        mut bits: Bits,
        clean: &Clean,
        part: usize,
        at: usize,
    ) -> Result<Bits, Damage> {
        bits.refill(clean);
        let symbol = self.tables[part].read(&mut bits)?;
        let prediction = &mut self.predictions[part & 3];
        *prediction = prediction.wrapping_add(symbol.value);
        self.samples[at] = nearest(prediction.wrapping_shl(self.low.into()));
        Ok(bits)
    }
}

/// Reads a bit more of each DC coefficient.
pub(crate) struct MeansRefinement<'t> {
    pub(crate) low: u8,
    pub(crate) samples: &'t mut [i16],
}

impl BlockReader for MeansRefinement<'_> {
    fn restart(&mut self) {}

    #[inline(always)]
    fn read_block(
        &mut self,
        mut bits: Bits,
        clean: &Clean,
        _part: usize,
        at: usize,
    ) -> Result<Bits, Damage> {
        bits.refill(clean);
        self.samples[at] |= (bits.take(1) << self.low) as i16;
        Ok(bits)
    }
}

/// Says whether refinements of AC coefficients are read.
pub(crate) fn is_refined(scale: Scale) -> bool {
    scale == Scale::Whole
}

/// Reads the first scan of a band of AC coefficients (T.81, G.1.2.2).
pub(crate) struct FirstBand<'t> {
    table: &'t Huffman,
    first: u32,
    last: u32,
    low: u8,
    /// What is added to a value of which the lowest bits will not be read: half of what they can be.
    unknown: i32,
    /// How many of the next blocks have nothing in this band.
    empty_blocks: u32,
    /// How far behind the first sample of its block each coefficient is stored, if it is.
    offsets: [Option<u32>; 64],
    samples: &'t mut [i16],
}

impl<'t> FirstBand<'t> {
    pub(crate) fn new(
        table: &'t Huffman,
        (first, last): (u8, u8),
        low: u8,
        plane: &Plane,
        samples: &'t mut [i16],
    ) -> Self {
        let needed = needed(plane.scale);
        let offset = |index: usize| {
            let (row, column) = place(index);
            (needed >> index & 1 != 0).then_some((row * plane.stride + column) as u32)
        };
        Self {
            table,
            first: first.into(),
            last: last.into(),
            low,
            unknown: if is_refined(plane.scale) {
                0
            } else {
                ((1 << low) - 1) / 2
            },
            empty_blocks: 0,
            offsets: std::array::from_fn(offset),
            samples,
        }
    }

    /// The value of which only the upper bits are known.
    fn middle(&self, upper: i32) -> i16 {
        nearest(upper.wrapping_shl(self.low.into()) + self.unknown * upper.signum())
    }
}

impl BlockReader for FirstBand<'_> {
    fn restart(&mut self) {
        self.empty_blocks = 0;
    }

    #[inline(always)]
    fn pass(&mut self, most: u32) -> u32 {
        let passed = self.empty_blocks.min(most);
        self.empty_blocks -= passed;
        passed
    }

    #[inline(always)]
    fn read_block(
        &mut self,
        mut bits: Bits,
        clean: &Clean,
        _part: usize,
        at: usize,
    ) -> Result<Bits, Damage> {
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            return Ok(bits);
        }
        let mut next = self.first;
        while next <= self.last {
            bits.refill(clean);
            let symbol = self.table.read(&mut bits)?;
            if symbol.is_end {
                self.empty_blocks = (1 << symbol.run) - 1 + bits.take(symbol.run);
                break;
            }
            next += symbol.run;
            if next > self.last {
                return Err(Damage);
            }
            if symbol.value != 0
                && let Some(offset) = self.offsets[next as usize & 63]
            {
                self.samples[at + offset as usize] = self.middle(symbol.value);
            }
            next += 1;
        }
        Ok(bits)
    }
}

/// Reads a bit more of each AC coefficient of a band (T.81, G.1.2.3).
pub(crate) struct BandRefinement<'t>(pub(crate) FirstBand<'t>);

impl BandRefinement<'_> {
    /// Refines the coefficients from `next` on that are not 0, up to the zero before which there are `zeros`
    /// more, and gives the place of that one.
    fn refine(
        &mut self,
        mut bits: Bits,
        clean: &Clean,
        at: usize,
        mut next: u32,
        mut zeros: u32,
    ) -> (Bits, u32) {
        let band = &mut self.0;
        while next <= band.last {
            let offset = band.offsets[next as usize & 63].unwrap_or_default();
            let coefficient = &mut band.samples[at + offset as usize];
            if *coefficient != 0 {
                bits.refill(clean);
                let bit = (bits.take(1) << band.low) as i16;
                // What has the bit already has been refined by a hostile file.
                if *coefficient & bit == 0 {
                    *coefficient = coefficient.saturating_add(bit * coefficient.signum());
                }
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            next += 1;
        }
        (bits, next)
    }
}

impl BlockReader for BandRefinement<'_> {
    fn restart(&mut self) {
        self.0.restart();
    }

    fn read_block(
        &mut self,
        mut bits: Bits,
        clean: &Clean,
        _part: usize,
        at: usize,
    ) -> Result<Bits, Damage> {
        let mut next = self.0.first;
        while next <= self.0.last && self.0.empty_blocks == 0 {
            bits.refill(clean);
            let symbol = self.0.table.read(&mut bits)?;
            if symbol.is_end {
                self.0.empty_blocks = (1 << symbol.run) + bits.take(symbol.run);
                break;
            }
            (bits, next) = self.refine(bits, clean, at, next, symbol.run);
            if symbol.value != 0 {
                let offset = self.0.offsets.get(next as usize).copied().flatten();
                let offset = offset.filter(|_| next <= self.0.last).ok_or(Damage)?;
                self.0.samples[at + offset as usize] = nearest(symbol.value.signum() << self.0.low);
            }
            next += 1;
        }
        if self.0.empty_blocks > 0 {
            self.0.empty_blocks -= 1;
            (bits, _) = self.refine(bits, clean, at, next, u32::MAX);
        }
        Ok(bits)
    }
}

/// Turns the coefficients of a plane into its samples.
pub(crate) fn transform(planes: &mut Planes, index: usize, quantisation: &Quantisation) {
    let plane = planes.planes[index];
    let side = plane.scale.side() as usize;
    let rows = plane.blocks.height as usize * side;
    let samples = &mut planes.samples[plane.start..][..rows * plane.stride];
    for row_of_blocks in samples.chunks_exact_mut(side * plane.stride) {
        match plane.scale {
            Scale::Eighth => transform_means(row_of_blocks, quantisation[0]),
            Scale::Quarter => transform_blocks::<2, 4>(row_of_blocks, quantisation, quarter),
            Scale::ThreeEighths => {
                transform_blocks::<3, 9>(row_of_blocks, quantisation, three_eighths);
            }
            Scale::Half => transform_blocks::<4, 16>(row_of_blocks, quantisation, half),
            Scale::Whole => {
                transform_blocks::<8, 64>(row_of_blocks, quantisation, whole);
            }
        }
    }
}

fn transform_means(means: &mut [i16], step: u16) {
    for mean in means {
        *mean = nearest(i32::from(*mean) * i32::from(step));
    }
}

fn transform_blocks<const SIDE: usize, const AREA: usize>(
    row_of_blocks: &mut [i16],
    quantisation: &Quantisation,
    transform: impl Fn([i32; AREA]) -> [i16; AREA],
) {
    let stride = row_of_blocks.len() / SIDE;
    let steps = low_steps::<SIDE, AREA>(quantisation);
    for at in (0..stride).step_by(SIDE) {
        let mut low = [0; AREA];
        for (index, coefficient) in low.iter_mut().enumerate() {
            let stored = row_of_blocks[at + index / SIDE * stride + index % SIDE];
            *coefficient = nearest(i32::from(stored) * steps[index]).into();
        }
        store::<SIDE>(row_of_blocks, at, stride, transform(low).as_chunks().0);
    }
}

/// The steps of the lowest coefficients, row by row.
fn low_steps<const SIDE: usize, const AREA: usize>(quantisation: &Quantisation) -> [i32; AREA] {
    let mut steps = [0; AREA];
    for (index, step) in quantisation.iter().enumerate() {
        let (row, column) = place(index);
        if row < SIDE && column < SIDE {
            steps[row * SIDE + column] = i32::from(*step);
        }
    }
    steps
}
