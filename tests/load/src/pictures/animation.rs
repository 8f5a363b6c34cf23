use anyhow::Result;
use gif::{Encoder, Frame, Repeat};

/// Red, green and blue have six steps each: the colours that browsers once agreed on.
const STEPS: u16 = 6;

/// How long a frame is shown, in hundredths of a second.
const DELAY: u16 = 4;

/// A GIF file in which soft stripes wander, so that every pixel changes now and then.
pub(super) fn animated_gif(width: u16, height: u16, frames: u16) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height, &palette())?;
    encoder.set_repeat(Repeat::Infinite)?;
    for number in 0..frames {
        let pixels = stripes(width, height, number);
        let mut frame = Frame::from_indexed_pixels(width, height, pixels, None);
        frame.delay = DELAY;
        encoder.write_frame(&frame)?;
    }
    drop(encoder);
    Ok(file)
}

fn palette() -> Vec<u8> {
    let step = |value: u16| u8::try_from(value % STEPS * 51).unwrap_or(u8::MAX);
    (0..STEPS * STEPS * STEPS)
        .flat_map(|color| [color / (STEPS * STEPS), color / STEPS, color].map(step))
        .collect()
}

fn stripes(width: u16, height: u16, shift: u16) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let red = wave(x + shift * 3);
            let green = wave(y + shift * 2);
            let blue = wave(x / 2 + y / 2 + shift);
            let color = red * STEPS * STEPS + green * STEPS + blue;
            pixels.push(u8::try_from(color).unwrap_or_default());
        }
    }
    pixels
}

/// Goes up through the steps and down again.
fn wave(at: u16) -> u16 {
    let step = at / 9 % (2 * STEPS - 2);
    step.min(2 * STEPS - 2 - step)
}
