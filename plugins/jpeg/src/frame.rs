//! The frame header (T.81, B.2.2): size, coding and components of the picture.

use thumbnailify_sdk::{Failure, Size};

/// How the coefficients are coded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Coding {
    Sequential,
    Progressive,
}

/// One plane of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Samples in an MCU across and down, in blocks: 1 to 4.
    pub(crate) across: u32,
    pub(crate) down: u32,
    pub(crate) quantisation: u8,
}

/// The header of the frame.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) coding: Coding,
    /// A height of 0 is given behind the first scan.
    pub(crate) size: Size,
    pub(crate) components: Vec<Component>,
}

impl Frame {
    /// Reads the segment behind the marker `marker`, which is one of those of a frame.
    pub(crate) fn parse(marker: u8, segment: &[u8]) -> Result<Self, Failure> {
        let coding = coding(marker)?;
        let malformed = || Failure::Malformed("The JPEG file's frame header is broken.".into());
        let [precision, h1, h0, w1, w0, count, components @ ..] = segment else {
            return Err(malformed());
        };
        if *precision != 8 {
            return Err(Failure::Unsupported(format!(
                "JPEG files with {precision} bits a sample are not supported."
            )));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(Failure::Unsupported(format!(
                "JPEG files with {count} colour components are not supported."
            )));
        }
        let (components, _) = components.as_chunks::<3>();
        let components = components
            .get(..usize::from(*count))
            .ok_or_else(malformed)?;
        let frame = Self {
            coding,
            size: Size {
                width: u16::from_be_bytes([*w1, *w0]).into(),
                height: u16::from_be_bytes([*h1, *h0]).into(),
            },
            components: components.iter().map(Component::parse).collect(),
        };
        let factors = 1..=4;
        let is_valid = |component: &Component| {
            factors.contains(&component.across)
                && factors.contains(&component.down)
                && component.quantisation < 4
        };
        if frame.size.width == 0 || !frame.components.iter().all(is_valid) {
            return Err(malformed());
        }
        Ok(frame)
    }

    /// The largest sampling factor across.
    pub(crate) fn max_across(&self) -> u32 {
        let factors = self.components.iter().map(|component| component.across);
        factors.max().unwrap_or(1)
    }

    /// The largest sampling factor down.
    pub(crate) fn max_down(&self) -> u32 {
        let factors = self.components.iter().map(|component| component.down);
        factors.max().unwrap_or(1)
    }
}

impl Component {
    fn parse([id, factors, quantisation]: &[u8; 3]) -> Self {
        Self {
            id: *id,
            across: (factors >> 4).into(),
            down: (factors & 15).into(),
            quantisation: *quantisation,
        }
    }
}

/// Says whether a marker starts a frame (T.81, table B.1).
pub(crate) fn is_frame_marker(marker: u8) -> bool {
    const NO_FRAMES: [u8; 3] = [0xc4, 0xc8, 0xcc];
    (0xc0..=0xcf).contains(&marker) && !NO_FRAMES.contains(&marker)
}

fn coding(marker: u8) -> Result<Coding, Failure> {
    let unsupported = match marker {
        0xc0 | 0xc1 => return Ok(Coding::Sequential),
        0xc2 => return Ok(Coding::Progressive),
        0xc3 => "lossless",
        0xc5..=0xc7 => "hierarchical",
        0xc9 | 0xca => "arithmetic",
        0xcb => "lossless arithmetic",
        _ => "hierarchical arithmetic",
    };
    Err(Failure::Unsupported(format!(
        "JPEG files with {unsupported} coding are not supported."
    )))
}
