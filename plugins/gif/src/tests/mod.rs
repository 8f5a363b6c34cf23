use super::*;
use thumbnailify_sdk::PixelFormat;

mod damage;
mod oracle;
mod playing;
mod room;
mod structure;
mod writer;

use writer::{Lzw, TestImage, Writer};

const RED: u8 = 0;
const GREEN: u8 = 1;
const BLUE: u8 = 2;
const HOLE: u8 = 3;
const PALETTE: &[u8] = &[255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];

fn request(max_frames: u32) -> Request {
    let target = Size {
        width: 100,
        height: 100,
    };
    Request {
        max_frames,
        ..Request::still("image/gif", target)
    }
}

/// An image of colours of the palette; index 3 is transparent.
fn image(left: u16, width: u16, disposal: u8, indices: &[u8]) -> TestImage {
    TestImage {
        left,
        disposal,
        transparent: Some(HOLE),
        ..TestImage::new(width, indices)
    }
}

fn file(width: u16, height: u16, images: &[TestImage]) -> Vec<u8> {
    let writer = Writer::new(width, height, PALETTE);
    images.iter().fold(writer, Writer::image).end()
}

fn render(bytes: &[u8], request: &Request) -> Result<Picture, Failure> {
    Gif::render(&bytes, request)
}

/// The pixels in letters: `R`ed, `G`reen, `B`lue, blac`K`, `W`hite, `.` where there is nothing.
fn letters(raster: &Raster) -> String {
    let letter = |pixel: &[u8]| match *pixel {
        [255, 0, 0] | [255, 0, 0, 255] => 'R',
        [0, 255, 0] | [0, 255, 0, 255] => 'G',
        [0, 0, 255] | [0, 0, 255, 255] => 'B',
        [0, 0, 0] | [0, 0, 0, 255] => 'K',
        [255, 255, 255] | [255, 255, 255, 255] => 'W',
        [0, 0, 0, 0] => '.',
        _ => '?',
    };
    let pixels = raster.pixels.chunks(raster.format.channels());
    pixels.map(letter).collect()
}

fn played(bytes: &[u8]) -> Vec<String> {
    match render(bytes, &request(99)).unwrap().output {
        Output::Animation(animation) => {
            let frames = animation.frames.iter();
            frames.map(|frame| letters(&frame.raster)).collect()
        }
        Output::Still(raster) => vec![letters(&raster)],
        Output::Embedded(_) => panic!("a GIF embeds nothing"),
    }
}

fn still_raster(bytes: &[u8], request: &Request) -> Raster {
    let Output::Still(raster) = render(bytes, request).unwrap().output else {
        panic!("one frame is a still")
    };
    raster
}

fn still(bytes: &[u8]) -> String {
    letters(&still_raster(bytes, &request(1)))
}
