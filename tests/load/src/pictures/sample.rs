use anyhow::Result;
use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;

use super::animation::animated_gif;
use super::canvas::Canvas;
use super::encode::{Encoder, jpeg, of_size, png};
use super::fitted::fitted;

/// A file to upload, and what its thumbnail has to be like.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its name in tables.
    pub name: String,
    /// What it is uploaded as. Its thumbnail has the same type.
    pub media_type: &'static str,
    /// The file.
    pub file: Bytes,
    /// The file as base64 text.
    pub base64: Bytes,
    /// The width and the height of its thumbnail in pixels.
    pub thumbnail_size: (u32, u32),
}

impl Sample {
    /// A file of a picture of this width and height.
    #[must_use]
    pub fn new(
        name: &str,
        media_type: &'static str,
        file: Vec<u8>,
        (width, height): (u32, u32),
    ) -> Self {
        Self {
            name: name.to_owned(),
            media_type,
            base64: BASE64_STANDARD.encode(&file).into(),
            file: file.into(),
            thumbnail_size: fitted(width, height),
        }
    }

    /// A PNG of 41 kB. Its width and height are those that usually have such a file.
    ///
    /// # Errors
    /// It cannot be encoded, here and in all others.
    pub fn small_png() -> Result<Self> {
        Self::of_size("PNG 41 kB", "image/png", png, (400, 300), 41_000)
    }

    /// A JPEG of 56 kB.
    ///
    /// # Errors
    /// See [`Self::small_png`].
    pub fn small_jpeg() -> Result<Self> {
        Self::of_size("JPEG 56 kB", "image/jpeg", jpeg, (512, 384), 56_000)
    }

    /// A JPEG of 601 kB and 2560x1600 pixels.
    ///
    /// # Errors
    /// See [`Self::small_png`].
    pub fn large_jpeg() -> Result<Self> {
        Self::of_size("JPEG 601 kB", "image/jpeg", jpeg, (2_560, 1_600), 601_000)
    }

    /// A PNG of 64x64 pixels, whose cost is what any upload costs.
    ///
    /// # Errors
    /// See [`Self::small_png`].
    pub fn tiny_png() -> Result<Self> {
        let file = png(&Canvas::new(64, 64, 5), 0.0)?;
        Ok(Self::new("PNG 64x64", "image/png", file, (64, 64)))
    }

    /// A GIF of 100 frames of 300x225 pixels.
    ///
    /// # Errors
    /// See [`Self::small_png`].
    pub fn animation() -> Result<Self> {
        let file = animated_gif(300, 225, 100)?;
        Ok(Self::new("GIF 100 frames", "image/gif", file, (300, 225)))
    }

    fn of_size(
        name: &str,
        media_type: &'static str,
        encoder: Encoder,
        (width, height): (u32, u32),
        bytes: usize,
    ) -> Result<Self> {
        let file = of_size(&Canvas::new(width, height, 5), encoder, bytes)?;
        Ok(Self::new(name, media_type, file, (width, height)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sample: &Sample, bytes: usize, size: (u32, u32)) {
        let difference = sample.file.len().abs_diff(bytes);
        assert!(
            difference * 50 <= bytes,
            "{}: {}",
            sample.name,
            sample.file.len()
        );
        let picture = image::load_from_memory(&sample.file).unwrap();
        assert_eq!((picture.width(), picture.height()), size);
    }

    #[test]
    fn the_small_pictures_have_the_sizes_of_the_originals() {
        check(&Sample::small_png().unwrap(), 41_000, (400, 300));
        check(&Sample::small_jpeg().unwrap(), 56_000, (512, 384));
    }

    #[test]
    fn the_large_picture_has_the_size_of_the_original() {
        check(&Sample::large_jpeg().unwrap(), 601_000, (2_560, 1_600));
    }

    #[test]
    fn the_animation_has_its_frames() {
        use image::AnimationDecoder;
        let file = Sample::animation().unwrap().file;
        let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(file)).unwrap();
        assert_eq!(decoder.into_frames().count(), 100);
    }

    #[test]
    fn a_sample_is_the_same_each_time() {
        let file = || Sample::tiny_png().unwrap().file;
        assert_eq!(file(), file());
    }
}
