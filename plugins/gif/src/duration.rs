use thumbnailify_sdk::Source;

use crate::blocks::Blocks;

/// How long the file is shown once, as far as it can be read; no image is decoded for it.
pub(crate) fn duration_ms(source: &dyn Source) -> u64 {
    let mut duration_ms = 0;
    let Ok(mut blocks) = Blocks::open(source) else {
        return duration_ms;
    };
    while let Ok(Some(image)) = blocks.next_image() {
        if blocks.bytes().skip_sub_blocks().is_err() {
            break;
        }
        duration_ms += u64::from(image.delay_ms);
    }
    duration_ms
}
