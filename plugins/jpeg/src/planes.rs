//! The planes of the picture, each at the scale at which it is decoded.

use thumbnailify_sdk::{Failure, Size};

use crate::frame::{Component, Frame};

/// The side of a block before it is scaled (T.81, A.1.1).
pub(crate) const BLOCK_SIDE: u32 = 8;

/// All planes together take no more than this: three of 64 megapixels in full, which leave room for two rasters
/// of 48 MiB, the second of which is turned.
const MAX_BYTES: u64 = 400 << 20;

/// How many samples of a block are left on each side: the scale of a plane, in eighths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scale {
    Eighth = 1,
    Quarter = 2,
    ThreeEighths = 3,
    Half = 4,
    Whole = 8,
}

impl Scale {
    /// How many samples of a block are left on each side.
    pub(crate) fn side(self) -> u32 {
        self as u32
    }

    /// The side of a plane at this scale.
    pub(crate) fn of(self, full_side: u32) -> u32 {
        (full_side * self.side()).div_ceil(BLOCK_SIDE)
    }
}

/// Where the samples of a component are, and how many there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    pub(crate) component: Component,
    pub(crate) scale: Scale,
    /// Where it starts among the samples of all planes.
    pub(crate) start: usize,
    /// The length of a row, with the samples that fill up the last MCU.
    pub(crate) stride: usize,
    /// The size without these.
    pub(crate) size: Size,
    /// How many samples there are for each pixel of the picture, across and down.
    pub(crate) density: (f64, f64),
    /// The number of blocks without those that fill up the last MCU.
    pub(crate) blocks: Size,
}

/// The samples of all planes.
///
/// They have three bits of fraction and their middle is 0. While a progressive picture is read, they are its
/// coefficients: a block has as many of the lowest frequencies as it will have samples, in the same place.
pub(crate) struct Planes {
    pub(crate) planes: Vec<Plane>,
    pub(crate) samples: Vec<i16>,
    /// The number of MCUs of a scan of all components.
    pub(crate) mcus: Size,
}

impl Planes {
    /// Makes grey planes, one for each component at the scale of the same index.
    ///
    /// # Errors
    ///
    /// They would take too much memory.
    pub(crate) fn new(frame: &Frame, scales: &[Scale]) -> Result<Self, Failure> {
        let most = (frame.max_across(), frame.max_down());
        let mcus = Size {
            width: frame.size.width.div_ceil(BLOCK_SIDE * most.0),
            height: frame.size.height.div_ceil(BLOCK_SIDE * most.1),
        };
        let mut start = 0;
        let mut planes = Vec::with_capacity(frame.components.len());
        for (component, scale) in frame.components.iter().zip(scales) {
            let plane = plane(frame.size, most, *component, *scale, mcus, start);
            let rows = u64::from(mcus.height * component.down * scale.side());
            let samples = plane.stride as u64 * rows;
            let end = start as u64 + samples;
            if end * size_of::<i16>() as u64 > MAX_BYTES {
                return Err(Failure::too_large(frame.size));
            }
            start = end as usize;
            planes.push(plane);
        }
        let mut samples = Vec::new();
        samples
            .try_reserve_exact(start)
            .map_err(|_| Failure::too_large(frame.size))?;
        samples.resize(start, 0);
        Ok(Self {
            planes,
            samples,
            mcus,
        })
    }

    /// A row of a plane, without what fills up the last MCU; beyond the last row, the last one.
    pub(crate) fn row(&self, plane: &Plane, y: usize) -> &[i16] {
        let y = y.min(plane.size.height as usize - 1);
        &self.samples[plane.start + y * plane.stride..][..plane.size.width as usize]
    }
}

fn plane(
    picture: Size,
    most: (u32, u32),
    component: Component,
    scale: Scale,
    mcus: Size,
    start: usize,
) -> Plane {
    let full = Size {
        width: (picture.width * component.across).div_ceil(most.0),
        height: (picture.height * component.down).div_ceil(most.1),
    };
    let density =
        |most: u32, factor: u32| f64::from(factor * scale.side()) / f64::from(most * BLOCK_SIDE);
    Plane {
        component,
        scale,
        start,
        stride: (mcus.width * component.across * scale.side()) as usize,
        size: Size {
            width: scale.of(full.width),
            height: scale.of(full.height),
        },
        density: (
            density(most.0, component.across),
            density(most.1, component.down),
        ),
        blocks: Size {
            width: full.width.div_ceil(BLOCK_SIDE),
            height: full.height.div_ceil(BLOCK_SIDE),
        },
    }
}
