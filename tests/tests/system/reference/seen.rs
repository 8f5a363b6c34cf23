use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::{AnimationDecoder, Frames, RgbaImage};

/// A thumbnail as a viewer shows it.
#[derive(Debug)]
pub(super) struct Seen {
    /// Each frame with how long it is shown in milliseconds.
    pub(super) frames: Vec<(RgbaImage, u32)>,
    /// How often it is repeated: `ever`, `once`, or a number.
    pub(super) loops: String,
}

impl Seen {
    pub(super) fn of(file: &[u8]) -> anyhow::Result<Self> {
        if file.starts_with(b"GIF8") {
            let frames = played(GifDecoder::new(Cursor::new(file))?.into_frames())?;
            return Ok(Self {
                frames,
                loops: gif_loops(file),
            });
        }
        if file.starts_with(b"\x89PNG") {
            let decoder = PngDecoder::new(Cursor::new(file))?;
            if decoder.is_apng()? {
                return Ok(Self {
                    frames: played(decoder.apng()?.into_frames())?,
                    loops: apng_loops(file),
                });
            }
        }
        let picture = image::load_from_memory(file)?.to_rgba8();
        Ok(Self {
            frames: vec![(picture, 0)],
            loops: String::new(),
        })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.frames[0].0.dimensions()
    }

    pub(super) fn length_ms(&self) -> u32 {
        self.frames.iter().map(|(_, delay_ms)| delay_ms).sum()
    }

    /// The frame that is shown at a time. Frames that look the same may have become one.
    pub(super) fn at(&self, time_ms: u32) -> Option<&RgbaImage> {
        let mut end_ms = 0;
        let found = self.frames.iter().find(|(_, delay_ms)| {
            end_ms += delay_ms;
            time_ms < end_ms
        });
        found.map(|(picture, _)| picture)
    }
}

fn played(frames: Frames<'_>) -> anyhow::Result<Vec<(RgbaImage, u32)>> {
    let frames = frames.collect_frames()?;
    anyhow::ensure!(!frames.is_empty(), "it has no frames");
    let shown = frames.into_iter().map(|frame| {
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        (frame.into_buffer(), numerator / denominator)
    });
    Ok(shown.collect())
}

fn gif_loops(file: &[u8]) -> String {
    match behind(file, b"NETSCAPE2.0\x03\x01") {
        None => "once".into(),
        Some([0, 0, ..]) => "ever".into(),
        Some([low, high, ..]) => u16::from_le_bytes([*low, *high]).to_string(),
        Some(_) => "cut off".into(),
    }
}

fn apng_loops(file: &[u8]) -> String {
    match behind(file, b"acTL") {
        Some([_, _, _, _, 0, 0, 0, 0, ..]) => "ever".into(),
        Some([_, _, _, _, 0, 0, 0, 1, ..]) => "once".into(),
        Some([_, _, _, _, 0, 0, high, low, ..]) => {
            (u16::from_be_bytes([*high, *low]) - 1).to_string()
        }
        _ => "unclear".into(),
    }
}

fn behind<'a>(file: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = file.windows(mark.len()).position(|bytes| bytes == mark)?;
    file.get(at + mark.len()..)
}
