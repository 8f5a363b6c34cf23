//! A scan: its header (T.81, B.2.3), and the order of the blocks in it (T.81, A.2).

use std::ops::Range;

use thumbnailify_sdk::Size;

use crate::bits::{Bits, Clean};
use crate::frame::Frame;
use crate::planes::Planes;
use crate::stream::{Damage, MAX_MCU_BLOCKS, Stream};

/// The header of a scan.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) parts: Vec<ScanPart>,
    /// The first and the last coefficient of a progressive scan, in the order of the zigzag.
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// How many of the lowest bits an earlier scan has left out; 0 if this is the first one.
    pub(crate) high: u8,
    /// How many of the lowest bits this scan leaves out.
    pub(crate) low: u8,
}

/// A component of a scan.
#[derive(Debug)]
pub(crate) struct ScanPart {
    /// Its index in the frame.
    pub(crate) component: usize,
    pub(crate) dc_table: usize,
    pub(crate) ac_table: usize,
}

impl Scan {
    /// Reads the header; nothing if it does not fit the frame.
    pub(crate) fn parse(segment: &[u8], frame: &Frame) -> Option<Self> {
        let (count, rest) = segment.split_first()?;
        let (selectors, rest) = rest.split_at_checked(usize::from(*count) * 2)?;
        let [first, last, approximation, ..] = *rest else {
            return None;
        };
        let parts: Option<Vec<_>> = selectors
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[id, tables]| {
                let mut components = frame.components.iter();
                Some(ScanPart {
                    component: components.position(|component| component.id == *id)?,
                    dc_table: usize::from(tables >> 4),
                    ac_table: usize::from(tables & 15),
                })
            })
            .collect();
        let scan = Self {
            parts: parts?,
            first,
            last,
            high: approximation >> 4,
            low: approximation & 15,
        };
        let is_interleaved = scan.parts.len() > 1;
        let blocks = |part: &ScanPart| {
            let component = &frame.components[part.component];
            (component.across * component.down) as usize
        };
        let is_valid = (1..=4).contains(&scan.parts.len())
            && scan.low <= 13
            && (!is_interleaved || scan.parts.iter().map(blocks).sum::<usize>() <= MAX_MCU_BLOCKS);
        is_valid.then_some(scan)
    }
}

/// Reads the blocks of one kind of scan.
pub(crate) trait BlockReader {
    /// Forgets what came before (T.81, F.2.1.3.1).
    fn restart(&mut self);

    /// How many blocks behind the one that was read last have nothing to read, `most` at most. They are stepped
    /// over.
    #[inline(always)]
    fn pass(&mut self, _most: u32) -> u32 {
        0
    }

    /// Reads the next block, of which the first sample is at the index `at`.
    ///
    /// It is inlined into the loop over the MCUs, so that `bits` stay in registers.
    fn read_block(
        &mut self,
        bits: Bits,
        clean: &Clean,
        part: usize,
        at: usize,
    ) -> Result<Bits, Damage>;
}

/// The blocks of the MCUs of a scan, and where they are among the samples.
pub(crate) struct Mcus {
    count: Size,
    blocks: Vec<McuBlock>,
}

struct McuBlock {
    part: usize,
    /// Where it is in the first MCU, and how far apart it is in the next one to the right and below.
    start: usize,
    across: usize,
    down: usize,
    /// Where it is in the MCU that comes next.
    next: usize,
}

impl Mcus {
    /// A scan of one component has MCUs of one block, and only such as hold a part of the picture
    /// (T.81, A.2.2).
    pub(crate) fn new(scan: &Scan, planes: &Planes) -> Self {
        let mut blocks = Vec::new();
        let is_interleaved = scan.parts.len() > 1;
        for (part, scan_part) in scan.parts.iter().enumerate() {
            let plane = &planes.planes[scan_part.component];
            let side = plane.scale.side() as usize;
            let (across, down) = if is_interleaved {
                let component = plane.component;
                (component.across as usize, component.down as usize)
            } else {
                (1, 1)
            };
            for (y, x) in (0..down).flat_map(|y| (0..across).map(move |x| (y, x))) {
                let start = plane.start + y * side * plane.stride + x * side;
                blocks.push(McuBlock {
                    part,
                    start,
                    across: across * side,
                    down: down * side * plane.stride,
                    next: start,
                });
            }
        }
        let count = match scan.parts.as_slice() {
            [part] => planes.planes[part.component].blocks,
            _ => planes.mcus,
        };
        Self { count, blocks }
    }

    /// Reads them all, or as many as there are, and says how many.
    ///
    /// Behind damage it goes on at the next restart marker, if there are any.
    pub(crate) fn read(
        &mut self,
        stream: &mut Stream,
        restart_interval: u32,
        reader: &mut impl BlockReader,
    ) -> u32 {
        let total = self.count.width * self.count.height;
        let interval = if restart_interval == 0 {
            total
        } else {
            restart_interval
        };
        let (mut start, mut read) = (0, 0);
        while start < total {
            let end = total.min(start + interval);
            reader.restart();
            read += self.read_interval(stream, start..end, reader);
            if end == total {
                break;
            }
            let Some(lost) = find_restart(stream, start / interval) else {
                break;
            };
            start = end + lost * interval;
        }
        read
    }

    fn read_interval(
        &mut self,
        stream: &mut Stream,
        range: Range<u32>,
        reader: &mut impl BlockReader,
    ) -> u32 {
        let mut bits = Bits::START;
        let mut row_start = range.start;
        while row_start < range.end {
            let (x, y) = (row_start % self.count.width, row_start / self.count.width);
            let row_end = range.end.min((y + 1) * self.count.width);
            for block in &mut self.blocks {
                block.next = block.start + x as usize * block.across + y as usize * block.down;
            }
            let mut mcu = row_start;
            while mcu < row_end {
                match self.read_mcu(stream, bits, reader) {
                    Ok(moved) => bits = moved,
                    Err(Damage) => return (mcu - range.start).saturating_sub(1),
                }
                let passed = reader.pass(row_end - mcu - 1);
                self.step_over(passed);
                mcu += 1 + passed;
            }
            row_start = row_end;
        }
        range.len() as u32 - u32::from(stream.is_overrun(bits))
    }

    #[inline(always)]
    fn step_over(&mut self, mcus: u32) {
        if mcus > 0 {
            for block in &mut self.blocks {
                block.next += block.across * mcus as usize;
            }
        }
    }

    #[inline(always)]
    fn read_mcu(
        &mut self,
        stream: &mut Stream,
        mut bits: Bits,
        reader: &mut impl BlockReader,
    ) -> Result<Bits, Damage> {
        if bits.position() > stream.limit() {
            bits = stream.check(bits)?;
        }
        for block in &mut self.blocks {
            bits = reader.read_block(bits, stream.clean(), block.part, block.next)?;
            block.next += block.across;
        }
        Ok(bits)
    }
}

/// Finds the restart marker behind the interval of this number, and starts what follows it.
///
/// It says how many intervals are lost because their markers are; nothing if the scan ends instead.
fn find_restart(stream: &mut Stream, interval: u32) -> Option<u32> {
    /// The number in the marker counts to 8, so that one far ahead is rather one of those behind us.
    const MAX_LOST: u32 = 4;
    loop {
        match stream.next_marker()? {
            marker @ 0xd0..=0xd7 => {
                let lost = (u32::from(marker) - 0xd0).wrapping_sub(interval) & 7;
                if lost <= MAX_LOST {
                    stream.start_segment();
                    return Some(lost);
                }
            }
            marker => {
                stream.put_back_marker(marker);
                return None;
            }
        }
    }
}
