use thumbnailify_sdk::Failure;

use crate::animation::{FrameControl, Playback};
use crate::chunk::Chunks;
use crate::header::{ColorType, Header};

/// A palette has at most 256 colours of three bytes.
const MAX_PALETTE_BYTES: u32 = 3 * 256;

/// Longer EXIF is not read: the orientation stands near its beginning, but the checksum at its end.
const MAX_EXIF_BYTES: u32 = 1 << 20;

/// Longer profiles are not read. Those for printing have about 2 MB.
const MAX_PROFILE_BYTES: u32 = 4 << 20;

/// What stands beside the pixels. Of each chunk the first one counts, and text is never read.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) palette: Vec<[u8; 3]>,
    pub(crate) transparency: Vec<u8>,
    pub(crate) cicp: Option<Vec<u8>>,
    /// The data of `iCCP`, still compressed.
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) srgb: Option<Vec<u8>>,
    pub(crate) gamma: Option<Vec<u8>>,
    pub(crate) chromaticities: Option<Vec<u8>>,
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) playback: Option<Playback>,
    /// Says how the default image is shown as the first frame; without it, it is no part of the animation.
    pub(crate) first_frame: Option<FrameControl>,
}

impl Metadata {
    /// Reads up to the first chunk of pixels.
    ///
    /// A chunk without which the picture cannot be shown (the palette of indexed colours) must be right; others
    /// that are damaged are as good as not there.
    pub(crate) fn read(chunks: &mut Chunks<'_>, header: Header) -> Result<Self, Failure> {
        let mut metadata = Self::default();
        while let Some(chunk) = chunks.next() {
            match &chunk.kind {
                b"IDAT" => return metadata.checked(header),
                b"PLTE" if metadata.palette.is_empty() => {
                    metadata.palette = palette(chunks.data(MAX_PALETTE_BYTES));
                }
                b"tRNS" if metadata.transparency.is_empty() => {
                    metadata.transparency = chunks.data(256).unwrap_or_default();
                }
                b"cICP" => first(&mut metadata.cicp, chunks, 4),
                b"iCCP" => first(&mut metadata.profile, chunks, MAX_PROFILE_BYTES),
                b"sRGB" => first(&mut metadata.srgb, chunks, 1),
                b"gAMA" => first(&mut metadata.gamma, chunks, 4),
                b"cHRM" => first(&mut metadata.chromaticities, chunks, 32),
                b"eXIf" => first(&mut metadata.exif, chunks, MAX_EXIF_BYTES),
                b"acTL" if metadata.playback.is_none() => {
                    metadata.playback = chunks.data(8).and_then(|data| Playback::parsed(&data));
                }
                b"fcTL" if metadata.first_frame.is_none() => {
                    let control = chunks.data(26).and_then(|data| FrameControl::parsed(&data));
                    metadata.first_frame = control;
                }
                b"IEND" => break,
                _ => {}
            }
        }
        Err(Failure::Malformed(
            "The PNG file ends before its pixels.".into(),
        ))
    }

    /// Looks for EXIF behind the pixels, where it may stand too.
    pub(crate) fn read_rest(&mut self, chunks: &mut Chunks<'_>) {
        while self.exif.is_none()
            && let Some(chunk) = chunks.next()
        {
            if chunk.kind == *b"eXIf" {
                first(&mut self.exif, chunks, MAX_EXIF_BYTES);
            }
        }
    }

    /// An animation whose first frame is not the default image as it is stored does not count as one.
    fn checked(mut self, header: Header) -> Result<Self, Failure> {
        let first_frame = self.first_frame;
        if first_frame.is_some_and(|frame| !frame.covers(header.size)) {
            self.playback = None;
        }
        if header.color == ColorType::Indexed && self.palette.is_empty() {
            let reason = "The palette of the PNG file is missing or broken.";
            return Err(Failure::Malformed(reason.into()));
        }
        Ok(self)
    }
}

/// Keeps the data if it is the first of its kind, also if it turns out to be damaged.
fn first(slot: &mut Option<Vec<u8>>, chunks: &mut Chunks<'_>, max_bytes: u32) {
    if slot.is_none() {
        *slot = Some(chunks.data(max_bytes).unwrap_or_default());
    }
}

/// The colours of `PLTE` (section 11.2.2); none if it is broken.
fn palette(data: Option<Vec<u8>>) -> Vec<[u8; 3]> {
    let data = data.unwrap_or_default();
    match data.as_chunks::<3>() {
        (colors, []) => colors.to_vec(),
        _ => Vec::new(),
    }
}
