//! How many images a file has and how long they are shown, as far as it can be read; none is decoded for it.

use thumbnailify_sdk::Source;

use crate::blocks::Blocks;

/// How long the file is shown once.
pub(crate) fn duration_ms(source: &dyn Source) -> u64 {
    delays_ms(source).map(u64::from).sum()
}

/// How many images there are, of which no more than `most` are counted.
pub(crate) fn image_count(source: &dyn Source, most: u32) -> u32 {
    let images = delays_ms(source).take(most as usize);
    images.fold(0, |count, _| count + 1)
}

fn delays_ms(source: &dyn Source) -> impl Iterator<Item = u32> {
    let mut blocks = Blocks::open(source).ok();
    std::iter::from_fn(move || {
        let blocks = blocks.as_mut()?;
        let image = blocks.next_image().ok()??;
        blocks.bytes().skip_sub_blocks().ok()?;
        Some(image.delay_ms)
    })
}
