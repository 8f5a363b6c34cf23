use anyhow::Result;
use thumbnailify_core::ThumbnailOptions;
use thumbnailify_host::picture::{
    Placement, Raster, UncheckedPicture, encode, resize, source_size, validate,
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
    let wanted = ThumbnailSpec::default().wanted(&ThumbnailOptions::default());
    let placement = Placement::of(source, picture.size(), &wanted);
    let small = resize(&picture, &placement)?;
    let encoded = encode(&small, case.format(), wanted.quality)?;
    Ok(Thumbnail {
        raster: small.first().clone(),
        bytes: encoded.bytes,
    })
}
