use std::collections::HashMap;

use super::pixel::{Pixel, Rgb, distance};
use super::quantise::Histogram;

/// Colours, in the order of their indices.
pub(super) struct Palette {
    colors: Vec<Rgb>,
    indices: Indices,
}

/// The most that a palette has.
pub(super) const MAX_COLORS: usize = 256;

/// Which index stands for a colour.
enum Indices {
    /// Every colour that occurs has its own.
    Exact(HashMap<Rgb, u8>),
    Nearest(Nearest),
}

impl Palette {
    /// All colours if they are not more than wanted, and else so many that stand for them.
    pub(super) fn of(colors: impl Iterator<Item = Rgb> + Clone, max_colors: usize) -> Self {
        if let Some(indices) = distinct(colors.clone(), max_colors) {
            let mut colors = vec![Rgb::default(); indices.len()];
            for (color, index) in &indices {
                colors[usize::from(*index)] = *color;
            }
            let indices = Indices::Exact(indices);
            return Self { colors, indices };
        }
        let colors = Histogram::of(colors).quantised(max_colors);
        let indices = Indices::Nearest(Nearest::new(&colors));
        Self { colors, indices }
    }

    pub(super) fn is_exact(&self) -> bool {
        matches!(self.indices, Indices::Exact(_))
    }

    /// Three bytes for each colour, and for "nothing" where there is room for it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.colors.concat();
        if self.colors.len() < MAX_COLORS {
            bytes.extend_from_slice(&Rgb::default());
        }
        bytes
    }

    /// The index for "nothing". A palette that is full has none.
    pub(super) fn nothing(&self) -> Option<u8> {
        u8::try_from(self.colors.len()).ok()
    }

    /// The colour of an index, unless that is for "nothing".
    pub(super) fn color(&self, index: u8) -> Pixel {
        self.colors.get(usize::from(index)).copied()
    }

    /// How far the colour of an index is from another.
    pub(super) fn error(&self, index: u8, color: Rgb) -> u32 {
        self.color(index)
            .map_or(0, |of_index| distance(of_index, color))
    }

    /// The index of one of the colours that the palette was made of.
    pub(super) fn index(&mut self, color: Rgb) -> u8 {
        match &mut self.indices {
            Indices::Exact(indices) => indices.get(&color).copied().unwrap_or(0),
            Indices::Nearest(nearest) => nearest.index(color),
        }
    }
}

/// An index for each colour, in the order in which they come, unless there are too many.
fn distinct(colors: impl Iterator<Item = Rgb>, max_colors: usize) -> Option<HashMap<Rgb, u8>> {
    let mut indices = HashMap::new();
    let mut last = None;
    for color in colors {
        if last.replace(color) == Some(color) || indices.contains_key(&color) {
            continue;
        }
        if indices.len() == max_colors {
            return None;
        }
        indices.insert(color, u8::try_from(indices.len()).ok()?);
    }
    Some(indices)
}

/// Finds the nearest colour, once for all that agree in six bits of each channel.
struct Nearest {
    /// The channels of all colours, one after the other, so that many are compared at once.
    lanes: [Vec<f32>; 3],
    distances: Vec<f32>,
    known: Vec<u16>,
}

const UNKNOWN: u16 = u16::MAX;

impl Nearest {
    fn new(colors: &[Rgb]) -> Self {
        let lane = |lane: usize| colors.iter().map(|color| color[lane].into()).collect();
        Self {
            lanes: [lane(0), lane(1), lane(2)],
            distances: vec![0.0; colors.len()],
            known: vec![UNKNOWN; 1 << 18],
        }
    }

    fn index(&mut self, color: Rgb) -> u8 {
        let [red, green, blue] = color.map(|sample| usize::from(sample >> 2));
        let place = red << 12 | green << 6 | blue;
        if self.known[place] == UNKNOWN {
            // The middle of those colours, so that it does not matter which comes first.
            let middle = color.map(|sample| f32::from(sample & !3) + 1.5);
            self.known[place] = self.search(middle).into();
        }
        self.known[place] as u8
    }

    fn search(&mut self, color: [f32; 3]) -> u8 {
        let [reds, greens, blues] = &self.lanes;
        let lanes = reds.iter().zip(greens).zip(blues);
        for (distance, ((red, green), blue)) in self.distances.iter_mut().zip(lanes) {
            let (red, green, blue) = (red - color[0], green - color[1], blue - color[2]);
            *distance = red * red + green * green + blue * blue;
        }
        let numbered = (0..=u8::MAX).zip(&self.distances);
        let nearest = numbered.min_by(|one, other| one.1.total_cmp(other.1));
        nearest.map_or(0, |(index, _)| index)
    }
}
