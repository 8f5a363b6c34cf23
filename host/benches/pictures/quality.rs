use anyhow::{Result, ensure};
use thumbnailify_host::picture::{PixelFormat, Raster};

/// A picture whose pixels can be compared.
#[derive(Debug)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Red, green, blue, straight alpha.
    pub(crate) rgba: Vec<u8>,
}

impl Pixels {
    /// The pixels of a thumbnail.
    pub(crate) fn of(raster: &Raster) -> Self {
        let rgba = |pixel: &[u8]| match *pixel {
            [luminance] => [luminance, luminance, luminance, u8::MAX],
            [red, green, blue] => [red, green, blue, u8::MAX],
            [red, green, blue, alpha] => [red, green, blue, alpha],
            _ => [0; 4],
        };
        let channels = match raster.format() {
            PixelFormat::Gray8 => 1,
            PixelFormat::Rgb8 => 3,
            PixelFormat::Rgba8 => 4,
        };
        Self {
            width: raster.size().width,
            height: raster.size().height,
            rgba: raster
                .pixels()
                .chunks_exact(channels)
                .flat_map(rgba)
                .collect(),
        }
    }

    /// Peak signal to noise ratio in dB, infinite for the same pixels.
    pub(crate) fn psnr(&self, reference: &Self) -> Result<f64> {
        let sizes = [self, reference].map(|pixels| (pixels.width, pixels.height));
        ensure!(sizes[0] == sizes[1], "the sizes differ: {sizes:?}");
        let (mut sum, mut count) = (0.0, 0.0);
        for (sample, expected) in self.on_black().zip(reference.on_black()) {
            sum += (sample - expected) * (sample - expected);
            count += 1.0;
        }
        let peak = f64::from(u8::MAX);
        Ok(10.0 * (peak * peak * count / sum).log10())
    }

    /// Each sample of a colour as it is seen on black.
    fn on_black(&self) -> impl Iterator<Item = f64> {
        let (pixels, _) = self.rgba.as_chunks::<4>();
        pixels.iter().flat_map(|&[red, green, blue, alpha]| {
            let opacity = f64::from(alpha) / f64::from(u8::MAX);
            [red, green, blue].map(|sample| f64::from(sample) * opacity)
        })
    }
}
