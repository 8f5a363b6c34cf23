use crate::Name;

/// Larger than what the host gives at once, so that a handler which reads only once is found out.
const WIDTH: usize = 240;
const HEIGHT: usize = 160;

/// The colours of the quarters: top left, top right, bottom left, bottom right.
const QUARTERS: [[u8; 3]; 4] = [[220, 40, 40], [40, 180, 60], [50, 70, 210], [230, 210, 60]];

/// A picture in the toy format of the templates: a line of text, and then three bytes a pixel.
pub(crate) fn sample(name: &Name) -> Vec<u8> {
    let mut file = format!("{name} {WIDTH} {HEIGHT}\n").into_bytes();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let quarter = usize::from(x >= WIDTH / 2) + 2 * usize::from(y >= HEIGHT / 2);
            file.extend(QUARTERS[quarter]);
        }
    }
    file
}
