use anyhow::Result;
use thumbnailify_host::picture::{
    Frame, Picture, Raster, Size, UncheckedPicture, encode, resize, source_size, thumbnail_size,
    validate,
};
use thumbnailify_host::sandbox::types::{self, Output};
use thumbnailify_host::{Limits, ThumbnailSpec};

use crate::cases::Case;

/// A thumbnail, before and after encoding.
#[derive(Debug)]
pub(crate) struct Thumbnail {
    /// The only or first frame.
    pub(crate) raster: Raster,
    /// The file.
    pub(crate) bytes: Vec<u8>,
}

/// Does what the host does with the answer of a handler: checks it, resizes and encodes.
pub(crate) fn finish(answer: types::Picture, case: &Case) -> Result<Thumbnail> {
    let source = source_size(answer.source_size)?;
    let unchecked = match answer.output {
        Output::Still(still) => UncheckedPicture::Still(still),
        Output::Animation(animation) => UncheckedPicture::Animation(animation),
        Output::Embedded(_) => anyhow::bail!("the handler gave back a file"),
    };
    let picture = validate(unchecked, &Limits::default())?;
    let spec = ThumbnailSpec::default();
    let bounds = Size {
        width: spec.max_width.get(),
        height: spec.max_height.get(),
    };
    let small = shrink(&picture, thumbnail_size(source, picture.size(), bounds))?;
    let encoded = encode(&small, case.format(), &spec)?;
    Ok(Thumbnail {
        raster: small.first().clone(),
        bytes: encoded.bytes,
    })
}

fn shrink(picture: &Picture, size: Size) -> Result<Picture> {
    Ok(match picture {
        Picture::Still(raster) => Picture::Still(resize(raster, size)?),
        Picture::Animation { frames, loop_count } => {
            let smaller = |frame: &Frame| {
                let raster = resize(&frame.raster, size)?;
                Ok(Frame { raster, ..*frame })
            };
            Picture::Animation {
                frames: frames.iter().map(smaller).collect::<Result<_>>()?,
                loop_count: *loop_count,
            }
        }
    })
}
