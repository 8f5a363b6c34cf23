//! Blocks of baseline and extended sequential scans (T.81, F.2.2).

use crate::bits::{Bits, Clean};
use crate::header::{Header, Quantisation};
use crate::huffman::Huffman;
use crate::planes::{Planes, Scale};
use crate::scan::{BlockReader, Scan};
use crate::skips::Skips;
use crate::stream::Damage;
use crate::transform::{half, nearest, quarter, three_eighths, whole};
use crate::zigzag::{last_low, low_places};

/// What reading a component takes.
pub(crate) struct Part<'t> {
    dc_table: &'t Huffman,
    ac_table: &'t Huffman,
    skips: &'t Skips,
    quantisation: &'t Quantisation,
    scale: Scale,
    stride: usize,
    prediction: i32,
}

/// The tables by which AC coefficients are skipped, for those AC tables that a scan uses.
pub(crate) fn skips(scan: &Scan, header: &Header) -> [Option<Box<Skips>>; 4] {
    let mut skips = [const { None }; 4];
    for part in &scan.parts {
        let table = header
            .ac_tables
            .get(part.ac_table)
            .and_then(Option::as_deref);
        if let (Some(table), Some(skips @ None)) = (table, skips.get_mut(part.ac_table)) {
            *skips = Some(Skips::new(table));
        }
    }
    skips
}

/// Collects what the components of a scan need; nothing if a table is missing.
pub(crate) fn parts<'t>(
    scan: &Scan,
    header: &'t Header,
    skips: &'t [Option<Box<Skips>>; 4],
    planes: &Planes,
) -> Option<Vec<Part<'t>>> {
    let part = |part: &crate::scan::ScanPart| {
        let plane = &planes.planes[part.component];
        let quantisation = usize::from(plane.component.quantisation);
        let dc_table = header.dc_tables.get(part.dc_table)?.as_deref();
        Some(Part {
            dc_table: dc_table.filter(|table| table.is_for_dc())?,
            ac_table: header.ac_tables.get(part.ac_table)?.as_deref()?,
            skips: skips.get(part.ac_table)?.as_deref()?,
            quantisation: header.quantisations.get(quantisation)?.as_ref()?,
            scale: plane.scale,
            stride: plane.stride,
            prediction: 0,
        })
    };
    scan.parts.iter().map(part).collect()
}

impl Part<'_> {
    /// Reads the mean of the block, with three bits of fraction.
    #[inline(always)]
    fn read_mean(&mut self, bits: &mut Bits) -> Result<i32, Damage> {
        let symbol = self.dc_table.read(bits)?;
        self.prediction = self.prediction.wrapping_add(symbol.value);
        // It wraps for nothing that a picture has.
        let step = i32::from(self.quantisation[0]);
        Ok(nearest(self.prediction.wrapping_mul(step)).into())
    }

    #[inline(always)]
    fn skip_rest(&self, bits: Bits, clean: &Clean, next: u32) -> Result<Bits, Damage> {
        self.skips.skip_block(bits, clean, self.ac_table, next)
    }

    /// Reads the `SIDE` x `SIDE` lowest coefficients; `ROOM` is a power of two above their number.
    ///
    /// They are not returned: within one structure with them, the compiler would keep `bits` in memory.
    #[inline(always)]
    fn read_low<const SIDE: usize, const ROOM: usize>(
        &mut self,
        mut bits: Bits,
        clean: &Clean,
        low: &mut [i32; ROOM],
    ) -> Result<(Bits, Shape), Damage> {
        let places = const { &low_places::<SIDE>() };
        let (ac_table, quantisation) = (self.ac_table, self.quantisation);
        bits.refill(clean);
        low[0] = self.read_mean(&mut bits)?;
        let mut next = 1;
        while next <= const { last_low::<SIDE>() } {
            bits.refill(clean);
            let symbol = ac_table.read(&mut bits)?;
            if symbol.is_end {
                let is_flat = next == 1;
                return Ok((bits, if is_flat { Shape::Flat } else { Shape::Any }));
            }
            next += symbol.run;
            if next > 63 {
                return Err(Damage);
            }
            let value = symbol.value * i32::from(quantisation[next as usize & 63]);
            low[usize::from(places[next as usize & 63]) & (ROOM - 1)] = nearest(value).into();
            next += 1;
        }
        if next < 64 {
            bits.refill(clean);
            bits = self.skip_rest(bits, clean, next)?;
        }
        Ok((bits, Shape::Any))
    }

    /// Reads a block of which all coefficients are wanted; apart, so that its room is no burden on others.
    #[inline(never)]
    fn read_whole(&mut self, bits: Bits, clean: &Clean) -> Result<(Bits, [i16; 64]), Damage> {
        let mut low = [0; 128];
        let (bits, shape) = self.read_low::<8, 128>(bits, clean, &mut low)?;
        Ok((bits, shape.transformed(&low, whole)))
    }
}

/// What is known of the coefficients of a block.
enum Shape {
    /// All but the mean are 0, as is often so.
    Flat,
    Any,
}

impl Shape {
    /// Transforms the lowest coefficients, row by row.
    #[inline(always)]
    fn transformed<const ROOM: usize, const AREA: usize>(
        self,
        low: &[i32; ROOM],
        transform: impl Fn([i32; AREA]) -> [i16; AREA],
    ) -> [i16; AREA] {
        match self {
            Self::Flat => [nearest(low[0]); AREA],
            Self::Any => transform(std::array::from_fn(|index| low[index])),
        }
    }
}

/// Reads blocks of which only the mean is wanted.
pub(crate) struct Means<'t> {
    pub(crate) parts: Vec<Part<'t>>,
    pub(crate) samples: &'t mut [i16],
}

impl BlockReader for Means<'_> {
    fn restart(&mut self) {
        restart(&mut self.parts);
    }

    #[inline(always)]
    fn read_block(
        &mut self,
        bits: Bits,
        clean: &Clean,
        part: usize,
        at: usize,
    ) -> Result<Bits, Damage> {
        read_mean(&mut self.parts[part], self.samples, bits, clean, at)
    }
}

/// Reads blocks of any scale.
pub(crate) struct Blocks<'t> {
    pub(crate) parts: Vec<Part<'t>>,
    pub(crate) samples: &'t mut [i16],
}

impl BlockReader for Blocks<'_> {
    fn restart(&mut self) {
        restart(&mut self.parts);
    }

    #[inline(always)]
    fn read_block(
        &mut self,
        bits: Bits,
        clean: &Clean,
        part: usize,
        at: usize,
    ) -> Result<Bits, Damage> {
        let part = &mut self.parts[part];
        match part.scale {
            Scale::Eighth => read_mean(part, self.samples, bits, clean, at),
            Scale::Quarter => {
                let mut low = [0; 8];
                let (bits, shape) = part.read_low::<2, 8>(bits, clean, &mut low)?;
                let samples = shape.transformed(&low, quarter);
                store::<2>(self.samples, at, part.stride, samples.as_chunks().0);
                Ok(bits)
            }
            Scale::ThreeEighths => {
                let mut low = [0; 16];
                let (bits, shape) = part.read_low::<3, 16>(bits, clean, &mut low)?;
                let samples = shape.transformed(&low, three_eighths);
                store::<3>(self.samples, at, part.stride, samples.as_chunks().0);
                Ok(bits)
            }
            Scale::Half => {
                let mut low = [0; 32];
                let (bits, shape) = part.read_low::<4, 32>(bits, clean, &mut low)?;
                let samples = shape.transformed(&low, half);
                store::<4>(self.samples, at, part.stride, samples.as_chunks().0);
                Ok(bits)
            }
            Scale::Whole => {
                let (bits, samples) = part.read_whole(bits, clean)?;
                store::<8>(self.samples, at, part.stride, samples.as_chunks().0);
                Ok(bits)
            }
        }
    }
}

fn restart(parts: &mut [Part]) {
    parts.iter_mut().for_each(|part| part.prediction = 0);
}

#[inline(always)]
fn read_mean(
    part: &mut Part,
    samples: &mut [i16],
    mut bits: Bits,
    clean: &Clean,
    at: usize,
) -> Result<Bits, Damage> {
    bits.refill(clean);
    samples[at] = part.read_mean(&mut bits)? as i16;
    part.skip_rest(bits, clean, 1)
}

/// Writes the rows of a block.
#[inline(always)]
pub(crate) fn store<const SIDE: usize>(
    samples: &mut [i16],
    at: usize,
    stride: usize,
    rows: &[[i16; SIDE]],
) {
    for (y, row) in rows.iter().enumerate() {
        samples[at + y * stride..][..SIDE].copy_from_slice(row);
    }
}
