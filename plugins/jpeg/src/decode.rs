//! The scans of a picture, one after the other.

use thumbnailify_sdk::Failure;

use crate::frame::{Coding, Frame};
use crate::header::{Header, Next};
use crate::input::Input;
use crate::planes::{Plane, Planes, Scale};
use crate::progressive::{
    BandRefinement, FirstBand, FirstMeans, MeansRefinement, is_refined, transform,
};
use crate::scan::{BlockReader, Mcus, Scan};
use crate::sequential::{Blocks, Means, parts, skips};
use crate::stream::Stream;
use crate::zigzag::needed;

/// No picture needs more scans: one for each bit of each coefficient would be hostile already.
const MAX_SCANS: u32 = 500;

/// Decodes the picture into grey planes; `scan` is the header of the first scan, behind which the input is.
///
/// What the file does not have, or what is damaged, stays grey.
///
/// # Errors
///
/// Nothing at all could be decoded, or there are too many scans.
pub(crate) fn decode(
    input: &mut Input,
    header: &mut Header,
    frame: &Frame,
    mut scan: Vec<u8>,
    planes: &mut Planes,
) -> Result<(), Failure> {
    let mut progress = Progress::new(planes);
    for _ in 0..MAX_SCANS {
        // A scan that does not fit the frame is stepped over.
        if let Some(parsed) = Scan::parse(&scan, frame) {
            read_scan(input, header, &parsed, planes, &mut progress);
        }
        if progress.is_complete() {
            return finish(header, frame, planes, &progress);
        }
        match header.read_on(input)? {
            Next::Scan(next) => scan = next,
            Next::End => return finish(header, frame, planes, &progress),
        }
    }
    Err(Failure::Malformed(format!(
        "The JPEG file has more than {MAX_SCANS} scans."
    )))
}

fn read_scan(
    input: &mut Input,
    header: &Header,
    scan: &Scan,
    planes: &mut Planes,
    progress: &mut Progress,
) {
    match header.frame.as_ref().map(|frame| frame.coding) {
        Some(Coding::Progressive) => read_progressive(input, header, scan, planes, progress),
        _ => read_sequential(input, header, scan, planes, progress),
    }
}

fn finish(
    header: &Header,
    frame: &Frame,
    planes: &mut Planes,
    progress: &Progress,
) -> Result<(), Failure> {
    if progress.mcus_read == 0 {
        return Err(Failure::Malformed(
            "The JPEG file ends before its picture, or is damaged.".into(),
        ));
    }
    if frame.coding == Coding::Progressive {
        for index in 0..planes.planes.len() {
            let quantisation = usize::from(planes.planes[index].component.quantisation);
            let quantisation = header.quantisations[quantisation].as_ref();
            let quantisation = quantisation.ok_or_else(|| {
                Failure::Malformed("The JPEG file has no quantisation table.".into())
            })?;
            transform(planes, index, quantisation);
        }
    }
    Ok(())
}

/// What has been read of each component.
struct Progress {
    mcus_read: u64,
    components: Vec<ComponentProgress>,
}

struct ComponentProgress {
    needed: u64,
    seen: u64,
    /// The coefficients of which a bit has been refined, for each bit.
    refined: [u64; 16],
}

/// The bits of a coefficient's place in [`ComponentProgress`].
const MEAN: u64 = 1;

impl Progress {
    fn new(planes: &Planes) -> Self {
        let components = planes.planes.iter().map(|plane| ComponentProgress {
            needed: needed(plane.scale),
            seen: 0,
            refined: [0; 16],
        });
        Self {
            mcus_read: 0,
            components: components.collect(),
        }
    }

    fn see(&mut self, scan: &Scan, coefficients: u64) {
        for part in &scan.parts {
            self.components[part.component].seen |= coefficients;
        }
    }

    /// Says whether a band is refined for the first time in this bit; files that do it again do harm alone, as
    /// each block is looked at for it.
    fn is_new(&mut self, scan: &Scan, component: usize, band: u64) -> bool {
        let refined = &mut self.components[component].refined[usize::from(scan.low & 15)];
        let is_new = scan.high == 0 || *refined & band == 0;
        *refined |= band;
        is_new
    }

    fn is_complete(&self) -> bool {
        let mut components = self.components.iter();
        components.all(|component| component.needed & !component.seen == 0)
    }
}

fn read_sequential(
    input: &mut Input,
    header: &Header,
    scan: &Scan,
    planes: &mut Planes,
    progress: &mut Progress,
) {
    let mut mcus = Mcus::new(scan, planes);
    let skips = skips(scan, header);
    let Some(parts) = parts(scan, header, &skips, planes) else {
        return;
    };
    let interval = header.restart_interval;
    let mut stream = Stream::new(input);
    let mut scaled = scan
        .parts
        .iter()
        .map(|part| planes.planes[part.component].scale);
    let samples = &mut planes.samples;
    let read = if scaled.all(|scale| scale == Scale::Eighth) {
        mcus.read(&mut stream, interval, &mut Means { parts, samples })
    } else {
        mcus.read(&mut stream, interval, &mut Blocks { parts, samples })
    };
    progress.mcus_read += u64::from(read);
    progress.see(scan, u64::MAX);
}

fn read_progressive(
    input: &mut Input,
    header: &Header,
    scan: &Scan,
    planes: &mut Planes,
    progress: &mut Progress,
) {
    match (scan.first, scan.high, scan.parts.as_slice()) {
        (0, 0, _) => {
            let Some(mcus_read) = read_first_means(input, header, scan, planes) else {
                return;
            };
            progress.mcus_read += mcus_read;
        }
        (0, _, _) => refine_means(input, header, scan, planes),
        (first, _, [part]) if first <= scan.last && scan.last < 64 => {
            let plane = planes.planes[part.component];
            let band = band(first, scan.last);
            if progress.is_new(scan, part.component, band) {
                read_band(input, header, scan, &plane, planes);
            }
            if scan.low == 0 || !is_refined(plane.scale) {
                progress.see(scan, band);
            }
        }
        _ => {}
    }
    if scan.first == 0 && scan.low == 0 {
        progress.see(scan, MEAN);
    }
}

/// Gives the number of MCUs that were read; nothing if a table is missing.
fn read_first_means(
    input: &mut Input,
    header: &Header,
    scan: &Scan,
    planes: &mut Planes,
) -> Option<u64> {
    let tables = scan.parts.iter().map(|part| {
        let table = header.dc_tables.get(part.dc_table)?.as_deref();
        table.filter(|table| table.is_for_dc())
    });
    let tables = tables.collect::<Option<_>>()?;
    let mut mcus = Mcus::new(scan, planes);
    let reader = FirstMeans {
        tables,
        predictions: [0; 4],
        low: scan.low,
        samples: &mut planes.samples,
    };
    Some(read(input, header, &mut mcus, reader))
}

fn refine_means(input: &mut Input, header: &Header, scan: &Scan, planes: &mut Planes) {
    let mut mcus = Mcus::new(scan, planes);
    let reader = MeansRefinement {
        low: scan.low,
        samples: &mut planes.samples,
    };
    read(input, header, &mut mcus, reader);
}

/// Reads a band of AC coefficients of one component, if any of them is needed.
fn read_band(input: &mut Input, header: &Header, scan: &Scan, plane: &Plane, planes: &mut Planes) {
    let is_needed = band(scan.first, scan.last) & needed(plane.scale) != 0
        && (scan.high == 0 || is_refined(plane.scale));
    let table = scan.parts.first().filter(|_| is_needed);
    let table = table.and_then(|part| header.ac_tables.get(part.ac_table)?.as_deref());
    let Some(table) = table else {
        return;
    };
    let mut mcus = Mcus::new(scan, planes);
    let samples = &mut planes.samples;
    let reader = FirstBand::new(table, (scan.first, scan.last), scan.low, plane, samples);
    if scan.high == 0 {
        read(input, header, &mut mcus, reader);
    } else {
        read(input, header, &mut mcus, BandRefinement(reader));
    }
}

fn read(input: &mut Input, header: &Header, mcus: &mut Mcus, mut reader: impl BlockReader) -> u64 {
    let mut stream = Stream::new(input);
    mcus.read(&mut stream, header.restart_interval, &mut reader)
        .into()
}

/// A bit for each coefficient from the first to the last.
fn band(first: u8, last: u8) -> u64 {
    u64::MAX << first & u64::MAX >> (63 - last)
}
