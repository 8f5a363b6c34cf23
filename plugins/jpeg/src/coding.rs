use std::io::{self, Read, Seek, SeekFrom};

use thumbnailify_sdk::{BlobReader, Source};

/// Says whether the file is coded in a way that few programs know: lossless, hierarchical or arithmetic.
///
/// The decoder takes the frame header of such a file for something that it may skip, and then misses it.
pub(crate) fn is_rare(source: &dyn Source) -> bool {
    matches!(
        frame_marker(source),
        Ok(0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
    )
}

/// Finds the marker of the frame header, or of the first scan if there is none before it.
fn frame_marker(source: &dyn Source) -> io::Result<u8> {
    const START_OF_SCAN: u8 = 0xda;
    const TABLES: [u8; 3] = [0xc4, 0xc8, 0xcc];
    let mut reader = BlobReader::new(source);
    reader.seek(SeekFrom::Start(2))?;
    loop {
        let mut segment = [0; 4];
        reader.read_exact(&mut segment)?;
        let [0xff, marker, length @ ..] = segment else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let is_frame = (0xc0..=0xcf).contains(&marker) && !TABLES.contains(&marker);
        if is_frame || marker == START_OF_SCAN {
            return Ok(marker);
        }
        reader.seek_relative(i64::from(u16::from_be_bytes(length)) - 2)?;
    }
}
