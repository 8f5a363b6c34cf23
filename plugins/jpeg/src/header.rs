//! What comes before the scans, and between them (T.81, B.2.4).

use thumbnailify_sdk::{Failure, Orientation, orientation};

use crate::frame::{Frame, is_frame_marker};
use crate::huffman::Huffman;
use crate::icc::IccChunks;
use crate::input::Input;

/// The marker that stands behind the last scan.
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;

/// A quantisation table, in the order of the zigzag.
pub(crate) type Quantisation = [u16; 64];

/// Everything that the segments read so far have said.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) frame: Option<Frame>,
    pub(crate) quantisations: [Option<Box<Quantisation>>; 4],
    pub(crate) dc_tables: [Option<Box<Huffman>>; 4],
    pub(crate) ac_tables: [Option<Box<Huffman>>; 4],
    /// How many MCUs lie between two restart markers; 0 if there are none.
    pub(crate) restart_interval: u32,
    pub(crate) has_jfif: bool,
    /// What Adobe's APP14 says of the colours, where there is one.
    pub(crate) adobe_transform: Option<u8>,
    pub(crate) orientation: Orientation,
    pub(crate) icc: IccChunks,
}

/// What follows a run of segments.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// The header of a scan.
    Scan(Vec<u8>),
    /// The end of the picture or of the file, or something that makes no sense.
    End,
}

impl Header {
    /// Reads the start of a file up to the header of its first scan.
    pub(crate) fn read(input: &mut Input) -> Result<(Self, Vec<u8>), Failure> {
        const START_OF_IMAGE: u16 = 0xffd8;
        if input.u16() != Some(START_OF_IMAGE) {
            return Err(Failure::Malformed("This is not a JPEG file.".into()));
        }
        let mut header = Self {
            frame: None,
            quantisations: [const { None }; 4],
            dc_tables: [const { None }; 4],
            ac_tables: [const { None }; 4],
            restart_interval: 0,
            has_jfif: false,
            adobe_transform: None,
            orientation: Orientation::UPRIGHT,
            icc: IccChunks::default(),
        };
        match header.read_on(input)? {
            Next::Scan(scan) => Ok((header, scan)),
            Next::End => Err(Failure::Malformed(
                "The JPEG file ends before its picture.".into(),
            )),
        }
    }

    /// Reads segments up to the header of the next scan.
    ///
    /// # Errors
    ///
    /// A frame that cannot be decoded. Other nonsense is the end.
    pub(crate) fn read_on(&mut self, input: &mut Input) -> Result<Next, Failure> {
        loop {
            let Some(marker) = input.next_marker() else {
                return Ok(Next::End);
            };
            let taken = match marker {
                START_OF_SCAN => return Ok(input.segment().map_or(Next::End, Next::Scan)),
                END_OF_IMAGE => return Ok(Next::End),
                _ if is_frame_marker(marker) => self.read_frame(marker, input)?,
                _ => self.read_segment(marker, input),
            };
            if taken.is_none() {
                return Ok(Next::End);
            }
        }
    }

    fn read_frame(&mut self, marker: u8, input: &mut Input) -> Result<Option<()>, Failure> {
        if self.frame.is_some() {
            return Ok(None);
        }
        let Some(segment) = input.segment() else {
            return Ok(None);
        };
        self.frame = Some(Frame::parse(marker, &segment)?);
        Ok(Some(()))
    }

    /// Reads any other segment. It gives nothing if the file ends, or if tables are broken.
    fn read_segment(&mut self, marker: u8, input: &mut Input) -> Option<()> {
        match marker {
            // Restart markers and the like have no parameters.
            0x01 | 0xd0..=0xd8 => Some(()),
            0xc4 => self.read_huffman(&input.segment()?),
            0xdb => self.read_quantisation(&input.segment()?),
            0xdd => self.read_restart_interval(&input.segment()?),
            0xe0 => {
                self.has_jfif |= input.segment()?.starts_with(b"JFIF\0");
                Some(())
            }
            0xe1 => {
                let segment = input.segment()?;
                if segment.starts_with(b"Exif\0\0") && self.orientation == Orientation::UPRIGHT {
                    self.orientation = orientation(&segment);
                }
                Some(())
            }
            0xe2 => {
                self.icc.add(&input.segment()?);
                Some(())
            }
            0xee => {
                // The name, a version of 2 bytes and flags of 4 (Adobe's TN 5116, section 18).
                if let [
                    b'A',
                    b'd',
                    b'o',
                    b'b',
                    b'e',
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    transform,
                    ..,
                ] = *input.segment()?
                {
                    self.adobe_transform = Some(transform);
                }
                Some(())
            }
            _ => input.skip_segment(),
        }
    }

    /// Reads a DHT segment (T.81, B.2.4.2).
    fn read_huffman(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((head, rest)) = segment.split_first_chunk::<17>() {
            let [selector, counts @ ..] = head;
            let count: usize = counts.iter().copied().map(usize::from).sum();
            let table = Huffman::new(counts, rest)?;
            let tables = match selector >> 4 {
                0 => &mut self.dc_tables,
                1 => &mut self.ac_tables,
                _ => return None,
            };
            *tables.get_mut(usize::from(selector & 15))? = Some(table);
            segment = rest.get(count..)?;
        }
        Some(())
    }

    /// Reads a DQT segment (T.81, B.2.4.1).
    fn read_quantisation(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((selector, rest)) = segment.split_first() {
            let mut table = Box::new([0; 64]);
            segment = if selector >> 4 == 0 {
                let (values, rest) = rest.split_first_chunk::<64>()?;
                *table = values.map(u16::from);
                rest
            } else {
                let (values, rest) = rest.split_first_chunk::<128>()?;
                for (step, value) in table.iter_mut().zip(values.as_chunks::<2>().0) {
                    *step = u16::from_be_bytes(*value);
                }
                rest
            };
            *self.quantisations.get_mut(usize::from(selector & 15))? = Some(table);
        }
        Some(())
    }

    fn read_restart_interval(&mut self, segment: &[u8]) -> Option<()> {
        self.restart_interval = u16::from_be_bytes(*segment.first_chunk()?).into();
        Some(())
    }
}

/// Finds the number of lines that a DNL segment behind the first scan gives (T.81, B.2.5), and comes back.
pub(crate) fn find_line_count(input: &mut Input) -> Option<u32> {
    const DEFINE_LINE_COUNT: u8 = 0xdc;
    let start = input.position();
    let marker = loop {
        match input.next_marker() {
            Some(0xd0..=0xd7) => {}
            marker => break marker,
        }
    };
    let segment = marker
        .filter(|marker| *marker == DEFINE_LINE_COUNT)
        .and_then(|_| input.segment());
    input.seek(start);
    Some(u16::from_be_bytes(*segment?.first_chunk()?).into())
}
