use std::ops::Range;

use thumbnailify_sdk::{Size, Source};

use crate::area::Area;
use crate::broken::Broken;
use crate::bytes::Bytes;
use crate::colors::Colors;
use crate::delay::delay_ms;

const IMAGE: u8 = 0x2C;
const EXTENSION: u8 = 0x21;
const TRAILER: u8 = 0x3B;
/// Some encoders end a series of sub-blocks twice.
const STRAY_TERMINATOR: u8 = 0;

const GRAPHIC_CONTROL: u8 = 0xF9;
const PLAIN_TEXT: u8 = 0x01;
const APPLICATION: u8 = 0xFF;

/// Reads the structure of a file: what is said of each image, up to its data.
#[derive(Debug)]
pub(crate) struct Blocks<'a> {
    bytes: Bytes<'a>,
    screen: Size,
    palette: Option<Vec<u8>>,
    control: Control,
    repetitions: Option<u16>,
}

/// What a graphic control extension says of the image after it (`GIF89a`, section 23).
#[derive(Clone, Copy, Default, Debug)]
struct Control {
    disposal: Disposal,
    delay_centiseconds: u16,
    transparent: Option<u8>,
}

/// What becomes of an image before the next one is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Disposal {
    /// It stays.
    #[default]
    Keep,
    /// Its area becomes transparent, as in browsers; the background colour of the file is ignored.
    Clear,
    /// What it covered comes back.
    Restore,
}

/// An image descriptor (`GIF89a`, section 20) and what else is known before the data.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_interlaced: bool,
    pub(crate) colors: Colors,
    pub(crate) disposal: Disposal,
    pub(crate) delay_ms: u32,
    pub(crate) min_code_size: u8,
}

impl Image {
    pub(crate) fn size(&self) -> Size {
        Size {
            width: self.width,
            height: self.height,
        }
    }

    /// What it takes to decode and draw it, in pixels: one that has none takes time, too.
    pub(crate) fn effort(&self) -> u64 {
        u64::from(self.width.max(1)) * u64::from(self.height.max(1))
    }

    /// The lines and columns of the canvas that it covers; what lies beyond is cut off.
    pub(crate) fn area(&self, canvas: Size) -> Area {
        Area {
            columns: clipped(self.left, self.width, canvas.width),
            lines: clipped(self.top, self.height, canvas.height),
        }
    }
}

fn clipped(offset: u32, length: u32, limit: u32) -> Range<usize> {
    offset.min(limit) as usize..(offset + length).min(limit) as usize
}

impl<'a> Blocks<'a> {
    /// Reads the header, the logical screen descriptor and the global palette (`GIF89a`, sections 17 to 19).
    pub(crate) fn open(source: &'a dyn Source) -> Result<Self, Broken> {
        let mut bytes = Bytes::new(source);
        let header: [u8; 13] = bytes.array()?;
        let [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', screen @ ..] = header else {
            return Err(Broken::Invalid("the header is another"));
        };
        let [width, width_high, height, height_high, flags, _, _] = screen;
        Ok(Self {
            screen: Size {
                width: u16::from_le_bytes([width, width_high]).into(),
                height: u16::from_le_bytes([height, height_high]).into(),
            },
            palette: palette(&mut bytes, flags)?,
            control: Control::default(),
            repetitions: None,
            bytes,
        })
    }

    /// The size of the canvas: the logical screen, made larger where the first image stands out, as Chrome,
    /// Pillow and libvips do.
    pub(crate) fn canvas_size(&self, first: &Image) -> Size {
        Size {
            width: self.screen.width.max(first.left + first.width),
            height: self.screen.height.max(first.top + first.height),
        }
    }

    /// Reads up to the data of the next image; none at the trailer, or where nothing follows.
    pub(crate) fn next_image(&mut self) -> Result<Option<Image>, Broken> {
        loop {
            match self.bytes.next() {
                Ok(IMAGE) => return self.image().map(Some),
                Ok(EXTENSION) => self.extension()?,
                Ok(STRAY_TERMINATOR) => {}
                Ok(TRAILER) | Err(_) => return Ok(None),
                Ok(_) => return Err(Broken::Invalid("a block has an unknown kind")),
            }
        }
    }

    /// For the data of the image that was read last.
    pub(crate) fn bytes(&mut self) -> &mut Bytes<'a> {
        &mut self.bytes
    }

    /// How often the animation is played, as far as the file is read; 0 means for ever.
    ///
    /// The file says how often it is repeated. One that does not say so is played once.
    pub(crate) fn loop_count(&self) -> u32 {
        match self.repetitions {
            None => 1,
            Some(0) => 0,
            Some(repetitions) => u32::from(repetitions) + 1,
        }
    }

    fn image(&mut self) -> Result<Image, Broken> {
        let [left, top, width, height] = self.numbers()?;
        let flags = self.bytes.next()?;
        let local = palette(&mut self.bytes, flags)?;
        let min_code_size = self.bytes.next()?;
        let colors = match local.as_ref().or(self.palette.as_ref()) {
            Some(palette) => Colors::of_palette(palette),
            None => Colors::greys(min_code_size),
        };
        let control = std::mem::take(&mut self.control);
        Ok(Image {
            left,
            top,
            width,
            height,
            is_interlaced: flags & 0x40 != 0,
            colors: colors.without(control.transparent),
            disposal: control.disposal,
            delay_ms: delay_ms(control.delay_centiseconds),
            min_code_size,
        })
    }

    fn numbers(&mut self) -> Result<[u32; 4], Broken> {
        let mut numbers = [0; 4];
        for number in &mut numbers {
            *number = u16::from_le_bytes(self.bytes.array()?).into();
        }
        Ok(numbers)
    }

    fn extension(&mut self) -> Result<(), Broken> {
        match self.bytes.next()? {
            GRAPHIC_CONTROL => self.graphic_control(),
            APPLICATION => self.application(),
            PLAIN_TEXT => {
                // Nobody shows it, and the control before it was its own (GIF89a, section 25).
                self.control = Control::default();
                self.bytes.skip_sub_blocks()
            }
            _ => self.bytes.skip_sub_blocks(),
        }
    }

    fn graphic_control(&mut self) -> Result<(), Broken> {
        let data = self.sub_block()?;
        if let [flags, delay, delay_high, transparent, ..] = *data.as_slice() {
            self.control = Control {
                disposal: Disposal::from_flags(flags),
                delay_centiseconds: u16::from_le_bytes([delay, delay_high]),
                transparent: (flags & 1 != 0).then_some(transparent),
            };
        }
        self.after(&data)
    }

    /// Looks for the number of repetitions, which is the first sub-block after either name.
    fn application(&mut self) -> Result<(), Broken> {
        let name = self.sub_block()?;
        if !matches!(name.as_slice(), b"NETSCAPE2.0" | b"ANIMEXTS1.0") {
            return self.after(&name);
        }
        loop {
            match *self.sub_block()?.as_slice() {
                [] => return Ok(()),
                [1, low, high, ..] => self.repetitions = Some(u16::from_le_bytes([low, high])),
                _ => {}
            }
        }
    }

    /// Reads on to the end of an extension whose first sub-block this was, unless it was the end itself.
    fn after(&mut self, sub_block: &[u8]) -> Result<(), Broken> {
        if sub_block.is_empty() {
            Ok(())
        } else {
            self.bytes.skip_sub_blocks()
        }
    }

    fn sub_block(&mut self) -> Result<Vec<u8>, Broken> {
        let mut data = Vec::new();
        self.bytes.append_sub_block(&mut data)?;
        Ok(data)
    }
}

impl Disposal {
    fn from_flags(flags: u8) -> Self {
        match flags >> 2 & 7 {
            2 => Self::Clear,
            // Some old files say 4 for the same.
            3 | 4 => Self::Restore,
            _ => Self::Keep,
        }
    }
}

/// Reads the palette that follows where the flags of the screen or of an image say so.
fn palette(bytes: &mut Bytes<'_>, flags: u8) -> Result<Option<Vec<u8>>, Broken> {
    if flags & 0x80 == 0 {
        return Ok(None);
    }
    let mut palette = vec![0; 3 << ((flags & 7) + 1)];
    bytes.fill(&mut palette)?;
    Ok(Some(palette))
}
