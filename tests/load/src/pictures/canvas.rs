#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "colours and places in a picture are small"
)]

use crate::pacing::Random;

/// The distances of the points that colours are drawn between, in pixels, and how strong each layer is.
const LAYERS: [(u32, f32); 3] = [(160, 70.0), (40, 24.0), (10, 8.0)];

/// A picture as a camera sees one: soft shapes of several sizes, and grain over them.
///
/// The grain decides how well it compresses, so a file of any size can be made without padding.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
    soft: Vec<f32>,
    seed: u64,
}

impl Canvas {
    /// Draws the soft shapes.
    pub(super) fn new(width: u32, height: u32, seed: u64) -> Self {
        let mut soft = Vec::new();
        for y in 0..height {
            for x in 0..width {
                soft.extend([0, 1, 2].map(|channel| color(x, y, channel, seed)));
            }
        }
        Self {
            width,
            height,
            soft,
            seed,
        }
    }

    /// The picture as RGB, with grain of this strength.
    pub(super) fn with_grain(&self, strength: f32) -> Vec<u8> {
        let mut random = Random::new(self.seed);
        let grained = self.soft.chunks_exact(3).map(|pixel| {
            // Light and dark grain, as that of film and of sensors mostly is.
            let grain = (random.fraction() as f32 - 0.5) * 2.0 * strength;
            [pixel[0], pixel[1], pixel[2]].map(|channel| to_byte(channel + grain))
        });
        grained.flatten().collect()
    }
}

fn to_byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

fn color(x: u32, y: u32, channel: u32, seed: u64) -> f32 {
    let layers = (0_u64..).zip(LAYERS);
    let sum: f32 = layers
        .map(|(layer, (distance, strength))| {
            let seed = seed ^ (layer << 8) ^ u64::from(channel);
            strength * soft_noise(x, y, distance, seed)
        })
        .sum();
    128.0 + sum
}

/// Random values from -1 to 1 at the corners of squares, and straight lines between them.
fn soft_noise(x: u32, y: u32, distance: u32, seed: u64) -> f32 {
    let (column, row) = (x / distance, y / distance);
    let right = (x % distance) as f32 / distance as f32;
    let down = (y % distance) as f32 / distance as f32;
    let corner = |column, row| corner_value(column, row, seed);
    let top = mixed(corner(column, row), corner(column + 1, row), right);
    let bottom = mixed(corner(column, row + 1), corner(column + 1, row + 1), right);
    mixed(top, bottom, down)
}

fn mixed(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

fn corner_value(column: u32, row: u32, seed: u64) -> f32 {
    let place = (u64::from(column) << 32) | u64::from(row);
    let mut random = Random::new(place.rotate_left(17) ^ seed);
    random.next_number();
    random.fraction() as f32 * 2.0 - 1.0
}
