use thumbnailify_sdk::Size;

/// What `acTL` says (section 11.3.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Playback {
    pub(crate) frame_count: u32,
    /// How often it is played; 0 means for ever.
    pub(crate) plays: u32,
}

/// What `fcTL` says of a frame (section 11.3.6.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FrameControl {
    pub(crate) size: Size,
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) delay_ms: u32,
    pub(crate) disposal: Disposal,
    pub(crate) blend: Blend,
}

/// What happens to the area of a frame before the next one is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposal {
    Keep,
    Clear,
    Restore,
}

/// How a frame is drawn over what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blend {
    Source,
    Over,
}

/// Browsers read delays up to this one as "as fast as you can", and show them for a tenth of a second.
const LONGEST_HASTE_MS: u32 = 10;
const INSTEAD_MS: u32 = 100;

impl Playback {
    /// Nothing if there are no frames.
    pub(crate) fn parsed(data: &[u8]) -> Option<Self> {
        let [frames, plays] = numbers(data)?;
        (frames > 0).then_some(Self {
            frame_count: frames,
            plays,
        })
    }
}

impl FrameControl {
    /// Nothing if it has another length, or says what is not defined.
    pub(crate) fn parsed(data: &[u8]) -> Option<Self> {
        let [_sequence, width, height, x, y] = numbers(data)?;
        let [a, b, c, d, disposal, blend] = *data.get(20..)? else {
            return None;
        };
        Some(Self {
            size: Size { width, height },
            x,
            y,
            delay_ms: delay_ms(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])),
            disposal: match disposal {
                0 => Disposal::Keep,
                1 => Disposal::Clear,
                2 => Disposal::Restore,
                _ => return None,
            },
            blend: match blend {
                0 => Blend::Source,
                1 => Blend::Over,
                _ => return None,
            },
        })
    }

    /// Whether the frame is the whole canvas, as the default image must be (section 11.3.6.2).
    pub(crate) fn covers(&self, canvas: Size) -> bool {
        self.size == canvas && (self.x, self.y) == (0, 0)
    }

    /// Whether the frame has pixels and none of them outside of the canvas.
    pub(crate) fn lies_in(&self, canvas: Size) -> bool {
        let fits = |offset: u32, side: u32, canvas: u32| {
            side > 0 && offset.checked_add(side).is_some_and(|end| end <= canvas)
        };
        fits(self.x, self.size.width, canvas.width) && fits(self.y, self.size.height, canvas.height)
    }
}

/// A fraction of a second in milliseconds; without a denominator it means hundredths.
fn delay_ms(numerator: u16, denominator: u16) -> u32 {
    let denominator = if denominator == 0 {
        100
    } else {
        u32::from(denominator)
    };
    let delay_ms = (u32::from(numerator) * 1000 + denominator / 2) / denominator;
    if delay_ms <= LONGEST_HASTE_MS {
        INSTEAD_MS
    } else {
        delay_ms
    }
}

/// The numbers of four bytes at the beginning.
fn numbers<const COUNT: usize>(data: &[u8]) -> Option<[u32; COUNT]> {
    let numbers: &[[u8; 4]; COUNT] = data.as_chunks().0.first_chunk()?;
    Some(numbers.map(u32::from_be_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_fractions_and_the_shortest_are_stretched() {
        for (fraction, expected_ms) in [
            ((0, 100), 100),
            ((1, 100), 100),
            ((2, 100), 20),
            ((7, 0), 70),
            ((1, 3), 333),
            ((u16::MAX, 1), 65_535_000),
        ] {
            assert_eq!(
                delay_ms(fraction.0, fraction.1),
                expected_ms,
                "{fraction:?}"
            );
        }
    }
}
