use super::pixel::Rgb;

/// Of some pixels: how many, the sums of red, green and blue, and the sum of all squares.
pub(super) type Moments = [f64; 5];

/// Those of one colour.
pub(super) fn of_color(color: Rgb) -> Moments {
    let [red, green, blue] = color.map(f64::from);
    let squares = red * red + green * green + blue * blue;
    [1.0, red, green, blue, squares]
}

pub(super) fn add(sum: &mut Moments, more: Moments) {
    sum.iter_mut()
        .zip(more)
        .for_each(|(moment, more)| *moment += more);
}

/// How far the pixels are from their mean: the sum of the squares.
pub(super) fn variance([count, red, green, blue, squares]: &Moments) -> f64 {
    if *count == 0.0 {
        return 0.0;
    }
    squares - (red * red + green * green + blue * blue) / count
}

pub(super) fn mean([count, red, green, blue, _]: &Moments) -> Option<Rgb> {
    (*count > 0.0).then(|| [red, green, blue].map(|sum| (sum / count).round() as u8))
}
