use crate::{Failure, Frame, Raster};

/// Collects frames in one pass, at most so many, without knowing how many will come.
///
/// When it is full it drops every second frame and from then on takes only every second one. A dropped
/// frame's delay goes to the frame before it, so the whole keeps its duration.
#[derive(Debug)]
pub struct Thinning {
    frames: Vec<Frame>,
    max_frames: usize,
    stride: u64,
    seen: u64,
}

impl Thinning {
    /// Will keep at most so many frames, and at least one.
    #[must_use]
    pub fn new(max_frames: usize) -> Self {
        Self {
            frames: Vec::new(),
            max_frames: max_frames.max(1),
            stride: 1,
            seen: 0,
        }
    }

    /// Takes the next frame; the raster is only made if the frame is kept.
    ///
    /// # Errors
    ///
    /// Those of making the raster.
    pub fn push(
        &mut self,
        delay_ms: u32,
        raster: impl FnOnce() -> Result<Raster, Failure>,
    ) -> Result<(), Failure> {
        if self.is_wanted() && self.frames.len() == self.max_frames {
            self.halve();
        }
        if self.is_wanted() {
            self.frames.push(Frame {
                raster: raster()?,
                delay_ms,
            });
        } else if let Some(last) = self.frames.last_mut() {
            last.delay_ms = last.delay_ms.saturating_add(delay_ms);
        }
        self.seen += 1;
        Ok(())
    }

    /// The frames that were kept, in order.
    #[must_use]
    pub fn frames(self) -> Vec<Frame> {
        self.frames
    }

    fn is_wanted(&self) -> bool {
        self.seen.is_multiple_of(self.stride)
    }

    fn halve(&mut self) {
        let mut kept: Vec<Frame> = Vec::with_capacity(self.max_frames);
        for (number, frame) in std::mem::take(&mut self.frames).into_iter().enumerate() {
            match kept.last_mut() {
                Some(last) if number % 2 == 1 => {
                    last.delay_ms = last.delay_ms.saturating_add(frame.delay_ms);
                }
                _ => kept.push(frame),
            }
        }
        self.frames = kept;
        self.stride *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PixelFormat, Size};

    /// Frames of one pixel that holds the frame's number; each is shown one millisecond longer than the last.
    fn thinned(count: u8, max_frames: usize) -> Vec<(u8, u32)> {
        let mut thinning = Thinning::new(max_frames);
        for number in 0..count {
            let size = Size {
                width: 1,
                height: 1,
            };
            let raster = Raster {
                size,
                format: PixelFormat::Gray8,
                pixels: vec![number],
            };
            thinning.push(u32::from(number) + 1, || Ok(raster)).unwrap();
        }
        let frames = thinning.frames().into_iter();
        frames
            .map(|frame| (frame.raster.pixels[0], frame.delay_ms))
            .collect()
    }

    #[test]
    fn as_many_as_allowed_are_kept_as_they_are() {
        assert_eq!(thinned(4, 4), [(0, 1), (1, 2), (2, 3), (3, 4)]);
    }

    #[test]
    fn one_more_halves_them() {
        assert_eq!(thinned(5, 4), [(0, 3), (2, 7), (4, 5)]);
        assert_eq!(thinned(4, 3), [(0, 3), (2, 7)]);
    }

    #[test]
    fn the_duration_and_the_even_spacing_remain() {
        for count in 1..=200 {
            for max_frames in 1..20 {
                let frames = thinned(count, max_frames);
                let duration_ms: u32 = frames.iter().map(|(_, delay_ms)| delay_ms).sum();
                assert_eq!(
                    duration_ms,
                    (1..=u32::from(count)).sum(),
                    "{count} {max_frames}"
                );
                assert!(frames.len() <= max_frames && frames[0].0 == 0);
                let step = frames.get(1).map_or(1, |(number, _)| *number);
                assert!(
                    frames
                        .iter()
                        .zip(0..)
                        .all(|((number, _), n)| *number == n * step)
                );
            }
        }
    }
}
