//! Makes pictures of `{{name}}` files: the line `{{name}} WIDTH HEIGHT`, and then three bytes for each pixel.

use std::io::{BufRead, Read};

use thumbnailify_sdk::{
    BlobReader, Description, Failure, MediaHandler, MediaType, Picture, PixelFormat, Request,
    Shrink, Size, Source, export,
};

const HEADER_MAX_BYTES: u64 = 64;
const PIXELS_MAX: u64 = 1 << 26;

struct Handler;

export!(Handler);

impl MediaHandler for Handler {
    fn describe() -> Description {
        Description {
            name: "{{name}}".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            media_types: vec![MediaType {
                mime: "image/x-{{name}}".into(),
                extensions: vec!["{{extension}}".into()],
                magic: vec![(0, b"{{name}} ".to_vec())],
            }],
            params: Vec::new(),
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure> {
        let mut reader = BlobReader::new(source);
        let size = read_header(&mut reader)?;
        if size.pixels() > PIXELS_MAX {
            return Err(Failure::too_large(size));
        }
        // The picture is shrunk while it is read, so that it never lies in memory whole.
        let mut shrink = Shrink::new(size, request.raster_size(size), PixelFormat::Rgb8)?;
        let mut row = vec![0; size.width as usize * 3];
        for _ in 0..size.height {
            let read = reader.read_exact(&mut row);
            read.map_err(|_| malformed("The file ends before the picture does."))?;
            shrink.push_row(&row);
        }
        Ok(Picture::still(shrink.finish(), size))
    }
}

fn read_header(reader: &mut BlobReader) -> Result<Size, Failure> {
    let mut line = String::new();
    let read = reader.take(HEADER_MAX_BYTES).read_line(&mut line);
    read.map_err(|_| malformed("The first line is not text."))?;
    let words: Vec<_> = line.trim_end_matches('\n').split(' ').collect();
    let ["{{name}}", width, height] = words[..] else {
        return Err(malformed("The first line is not `{{name}} WIDTH HEIGHT`."));
    };
    match (width.parse(), height.parse()) {
        (Ok(width), Ok(height)) => Ok(Size { width, height }),
        _ => Err(malformed("The width and the height are not numbers.")),
    }
}

fn malformed(sentence: &str) -> Failure {
    Failure::Malformed(sentence.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use thumbnailify_sdk::Output;

    #[test]
    fn pixels_come_out_as_they_are() {
        let target = Size {
            width: 100,
            height: 100,
        };
        let request = Request::still("image/x-{{name}}", target);
        let file: &[u8] = b"{{name}} 1 2\nrgbRGB";
        let picture = Handler::render(&file, &request).unwrap();
        assert!(matches!(picture.output, Output::Still(raster) if raster.pixels == b"rgbRGB"));
        let cut_off = &file[..file.len() - 1];
        let failed = Handler::render(&cut_off, &request);
        assert!(matches!(failed, Err(Failure::Malformed(_))));
    }
}
