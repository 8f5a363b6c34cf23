use std::io::Read;

use thumbnailify_sdk::{BlobReader, Failure, Size};

pub(crate) const MAGIC: &[u8; 4] = b"qoif";
const HEADER_BYTES: usize = 14;

const RGB: u8 = 0xfe;
const RGBA: u8 = 0xff;

type Pixel = [u8; 4];

/// What a file says about its picture.
pub(crate) struct Header {
    pub(crate) size: Size,
    pub(crate) has_alpha: bool,
}

impl Header {
    pub(crate) fn read(reader: &mut BlobReader) -> Result<Self, Failure> {
        let mut bytes = [0; HEADER_BYTES];
        reader.read_exact(&mut bytes).map_err(|_| ends_early())?;
        let Some([w0, w1, w2, w3, h0, h1, h2, h3, channels, _colorspace]) = bytes
            .strip_prefix(MAGIC)
            .and_then(|rest| rest.first_chunk())
        else {
            return Err(malformed("The file does not begin as QOI does."));
        };
        // The colour space is a remark that no viewer acts on: pictures of both kinds hold sRGB.
        Ok(Self {
            size: Size {
                width: u32::from_be_bytes([*w0, *w1, *w2, *w3]),
                height: u32::from_be_bytes([*h0, *h1, *h2, *h3]),
            },
            has_alpha: match channels {
                3 => false,
                4 => true,
                _ => {
                    return Err(malformed(
                        "The picture has neither three nor four channels.",
                    ));
                }
            },
        })
    }
}

/// Gives the pixels of a picture, one after the other.
pub(crate) struct Decoder<'a> {
    reader: BlobReader<'a>,
    pixel: Pixel,
    /// How often the pixel comes again before the next chunk.
    repeats: u8,
    /// The last pixel of each hash.
    seen: [Pixel; 64],
}

impl<'a> Decoder<'a> {
    /// Goes on where the header has ended.
    pub(crate) fn new(reader: BlobReader<'a>) -> Self {
        Self {
            reader,
            pixel: [0, 0, 0, 255],
            repeats: 0,
            seen: [[0; 4]; 64],
        }
    }

    pub(crate) fn next_pixel(&mut self) -> Result<Pixel, Failure> {
        if self.repeats > 0 {
            self.repeats -= 1;
            return Ok(self.pixel);
        }
        self.read_chunk()?;
        self.seen[hash(self.pixel)] = self.pixel;
        Ok(self.pixel)
    }

    fn read_chunk(&mut self) -> Result<(), Failure> {
        let [tag] = self.bytes()?;
        let low = tag & 0x3f;
        match tag {
            RGB => {
                let [red, green, blue] = self.bytes()?;
                self.pixel = [red, green, blue, self.pixel[3]];
            }
            RGBA => self.pixel = self.bytes()?,
            _ => match tag >> 6 {
                0 => self.pixel = self.seen[usize::from(low)],
                1 => {
                    self.change([low >> 4, low >> 2 & 3, low & 3].map(|step| step.wrapping_sub(2)))
                }
                2 => {
                    let [steps] = self.bytes()?;
                    let green = low.wrapping_sub(32);
                    let beside = |step: u8| green.wrapping_add(step).wrapping_sub(8);
                    self.change([beside(steps >> 4), green, beside(steps & 15)]);
                }
                _ => self.repeats = low,
            },
        }
        Ok(())
    }

    /// Adds to the colours of the pixel; they wrap around.
    fn change(&mut self, steps: [u8; 3]) {
        for (channel, step) in self.pixel.iter_mut().zip(steps) {
            *channel = channel.wrapping_add(step);
        }
    }

    fn bytes<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Failure> {
        let mut bytes = [0; COUNT];
        self.reader
            .read_exact(&mut bytes)
            .map_err(|_| ends_early())?;
        Ok(bytes)
    }
}

fn hash([red, green, blue, alpha]: Pixel) -> usize {
    let [red, green, blue, alpha] = [red, green, blue, alpha].map(usize::from);
    (red * 3 + green * 5 + blue * 7 + alpha * 11) % 64
}

fn ends_early() -> Failure {
    malformed("The file ends before the picture does.")
}

fn malformed(sentence: &str) -> Failure {
    Failure::Malformed(sentence.into())
}
