use image::RgbaImage;

/// Side of a tile in pixels. What is wrong at one place alone shows in its tile.
const TILE: u32 = 8;

/// A tile may differ by so many times as much as the whole.
pub(super) const TILE_ALLOWANCE: f64 = 6.0;

/// How much two pictures differ.
#[derive(Debug)]
pub(super) struct Difference {
    /// The mean over all pixels and channels, of 255.
    pub(super) mean: f64,
    /// The mean of the worst tile.
    pub(super) worst_tile: f64,
    /// The first column and row of that tile.
    pub(super) worst_at: (u32, u32),
}

/// Compares premultiplied colours, and alpha where either picture has it.
pub(super) fn difference(seen: &RgbaImage, wanted: &RgbaImage) -> anyhow::Result<Difference> {
    anyhow::ensure!(
        seen.dimensions() == wanted.dimensions(),
        "the size is {:?}, not {:?}",
        seen.dimensions(),
        wanted.dimensions()
    );
    let is_opaque = |picture: &RgbaImage| picture.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let channels = if is_opaque(seen) && is_opaque(wanted) {
        3
    } else {
        4
    };
    let (width, height) = seen.dimensions();
    let across = width.div_ceil(TILE);
    let count = usize::try_from(across * height.div_ceil(TILE))?;
    let mut tiles = vec![(0.0, 0_u32); count];
    for (x, y, pixel) in seen.enumerate_pixels() {
        let (one, other) = (
            premultiplied(pixel.0),
            premultiplied(wanted.get_pixel(x, y).0),
        );
        let differences = one.iter().zip(other).take(channels);
        let tile = &mut tiles[usize::try_from(y / TILE * across + x / TILE)?];
        tile.0 += differences
            .map(|(one, other)| (one - other).abs())
            .sum::<f64>();
        tile.1 += 1;
    }
    let per_sample = |(sum, pixels): (f64, u32)| sum / f64::from(pixels) / channels as f64;
    let all = tiles
        .iter()
        .fold((0.0, 0), |all, tile| (all.0 + tile.0, all.1 + tile.1));
    let means = (0..).zip(tiles.iter().map(|tile| per_sample(*tile)));
    let (place, worst_tile) = means.fold(
        (0, 0.0),
        |worst: (u32, f64), tile| {
            if tile.1 > worst.1 { tile } else { worst }
        },
    );
    Ok(Difference {
        mean: per_sample(all),
        worst_tile,
        worst_at: (place % across * TILE, place / across * TILE),
    })
}

fn premultiplied([red, green, blue, alpha]: [u8; 4]) -> [f64; 4] {
    let share = f64::from(alpha) / 255.0;
    let [red, green, blue] = [red, green, blue].map(|channel| f64::from(channel) * share);
    [red, green, blue, f64::from(alpha)]
}
