use crate::{Raster, Size};

/// How a stored picture must be turned to stand upright: the EXIF orientation, 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// The stored picture is upright already.
    pub const UPRIGHT: Self = Self(1);

    /// Reads the number that EXIF uses; there are none but 1 to 8.
    #[must_use]
    pub fn from_exif(number: u16) -> Option<Self> {
        u8::try_from(number)
            .ok()
            .filter(|number| (1..=8).contains(number))
            .map(Self)
    }

    /// The size of the upright picture when `stored` is that of the stored one, and the reverse.
    #[must_use]
    pub fn turned(self, stored: Size) -> Size {
        if self.swaps_sides() {
            stored.transposed()
        } else {
            stored
        }
    }

    /// Turns a raster upright.
    #[must_use]
    pub fn applied_to(self, stored: Raster) -> Raster {
        if self == Self::UPRIGHT {
            return stored;
        }
        let size = self.turned(stored.size);
        let channels = stored.format.channels();
        let mut pixels = Vec::with_capacity(stored.pixels.len());
        for y in 0..size.height {
            for x in 0..size.width {
                let (x, y) = self.stored_position(x, y, stored.size);
                let at = (y as usize * stored.size.width as usize + x as usize) * channels;
                pixels.extend_from_slice(&stored.pixels[at..at + channels]);
            }
        }
        Raster {
            size,
            format: stored.format,
            pixels,
        }
    }

    /// Where the pixel that belongs at `x`, `y` is stored.
    fn stored_position(self, x: u32, y: u32, stored: Size) -> (u32, u32) {
        let (x, y) = if self.swaps_sides() { (y, x) } else { (x, y) };
        let from_right = matches!(self.0, 2 | 3 | 7 | 8);
        let from_bottom = matches!(self.0, 3 | 4 | 6 | 7);
        (
            if from_right { stored.width - 1 - x } else { x },
            if from_bottom {
                stored.height - 1 - y
            } else {
                y
            },
        )
    }

    fn swaps_sides(self) -> bool {
        self.0 >= 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PixelFormat;

    fn raster(width: u32, height: u32, pixels: &[u8]) -> Raster {
        let size = Size { width, height };
        Raster {
            size,
            format: PixelFormat::Gray8,
            pixels: pixels.to_vec(),
        }
    }

    /// The stored pictures are what EXIF says a camera stores of the upright one.
    fn check(number: u16, stored: Raster) {
        let orientation = Orientation::from_exif(number).unwrap();
        let upright = raster(3, 2, b"abcdef");
        assert_eq!(orientation.turned(stored.size), upright.size);
        assert_eq!(orientation.applied_to(stored), upright, "{number}");
    }

    #[test]
    fn all_eight_orientations_become_upright() {
        check(1, raster(3, 2, b"abcdef"));
        check(2, raster(3, 2, b"cbafed"));
        check(3, raster(3, 2, b"fedcba"));
        check(4, raster(3, 2, b"defabc"));
        check(5, raster(2, 3, b"adbecf"));
        check(6, raster(2, 3, b"cfbead"));
        check(7, raster(2, 3, b"fcebda"));
        check(8, raster(2, 3, b"daebfc"));
    }

    #[test]
    fn there_are_no_other_orientations() {
        for number in [0, 9, 257, u16::MAX] {
            assert_eq!(Orientation::from_exif(number), None);
        }
    }

    #[test]
    fn pixels_of_several_channels_stay_together() {
        let size = Size {
            width: 2,
            height: 1,
        };
        let stored = Raster {
            size,
            format: PixelFormat::Rgb8,
            pixels: b"rgbRGB".to_vec(),
        };
        let turned = Orientation::from_exif(3).unwrap().applied_to(stored);
        assert_eq!(turned.pixels, b"RGBrgb");
    }
}
