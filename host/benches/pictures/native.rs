use anyhow::{Result, anyhow};
use thumbnailify_gif::Gif;
use thumbnailify_host::sandbox::types;
use thumbnailify_jpeg::Jpeg;
use thumbnailify_png::Png;
use thumbnailify_sdk::{
    Failure, MediaHandler, Output, Picture, PixelFormat, Raster, Request, Size,
};

use crate::cases::Case;
use crate::sandboxed::BOX_SIDE;

/// Calls the handler as native code, as a program would that trusts it.
pub(crate) fn render(upload: &[u8], case: &Case) -> Result<types::Picture> {
    let target = Size {
        width: BOX_SIDE,
        height: BOX_SIDE,
    };
    let request = Request {
        max_frames: case.max_frames(),
        ..Request::still(&case.media_type(), target)
    };
    let render: fn(&[u8], &Request) -> Result<Picture, Failure> = match case.handler() {
        "jpeg" => |upload, request| Jpeg::render(&upload, request),
        "png" => |upload, request| Png::render(&upload, request),
        _ => |upload, request| Gif::render(&upload, request),
    };
    let picture = render(upload, &request).map_err(|failure| anyhow!("{failure:?}"))?;
    Ok(as_from_sandbox(picture))
}

/// The host's type for the same, as if it came out of the sandbox.
fn as_from_sandbox(picture: Picture) -> types::Picture {
    types::Picture {
        output: match picture.output {
            Output::Still(raster) => types::Output::Still(self::raster(raster)),
            Output::Animation(animation) => types::Output::Animation(types::Animation {
                frames: animation.frames.into_iter().map(frame).collect(),
                loop_count: animation.loop_count,
            }),
            Output::Embedded(file) => types::Output::Embedded(types::EmbeddedFile {
                media_type: file.media_type,
                bytes: file.bytes,
            }),
        },
        source_size: size(picture.source_size),
        metadata: picture.metadata,
    }
}

fn frame(frame: thumbnailify_sdk::Frame) -> types::Frame {
    types::Frame {
        raster: raster(frame.raster),
        delay_ms: frame.delay_ms,
    }
}

fn raster(raster: Raster) -> types::Raster {
    types::Raster {
        size: size(raster.size),
        format: match raster.format {
            PixelFormat::Gray8 => types::PixelFormat::Gray8,
            PixelFormat::Rgb8 => types::PixelFormat::Rgb8,
            PixelFormat::Rgba8 => types::PixelFormat::Rgba8,
        },
        pixels: raster.pixels,
    }
}

fn size(size: Size) -> types::Size {
    types::Size {
        width: size.width,
        height: size.height,
    }
}
