use std::collections::HashMap;

use super::color_hash::ColorHashes;
use super::groups::{Counted, Group, grouped};
use super::pixel::{Pixel, Rgb, distance};
use super::quantise::Histogram;

/// Colours, in the order of their indices.
pub(super) struct Palette {
    colors: Vec<Rgb>,
    indices: Indices,
    is_exact: bool,
}

/// The most that a palette has.
pub(super) const MAX_COLORS: usize = 256;

/// Up to so many colours are looked at one by one.
const FEW_COLORS: usize = 1_024;

/// Which index stands for a colour.
enum Indices {
    /// For each that occurs it is known.
    Known(HashMap<Rgb, u8, ColorHashes>),
    Nearest(Nearest),
}

impl Palette {
    /// All colours if they are not more than wanted, and else so many that stand for them.
    pub(super) fn of(colors: impl Iterator<Item = Rgb> + Clone, max_colors: usize) -> Self {
        if let Some(few) = distinct(colors.clone(), FEW_COLORS) {
            return Self::of_few(few, max_colors);
        }
        let colors = Histogram::of(colors).quantised(max_colors);
        Self {
            indices: Indices::Nearest(Nearest::new(&colors)),
            colors,
            is_exact: false,
        }
    }

    fn of_few(few: Vec<Counted>, max_colors: usize) -> Self {
        let is_exact = few.len() <= max_colors;
        let groups = if is_exact {
            few.into_iter().map(Group::from).collect()
        } else {
            grouped(few, max_colors)
        };
        let numbered = (0..=u8::MAX).zip(&groups);
        let indices =
            numbered.flat_map(|(index, group)| group.colors().map(move |color| (color, index)));
        Self {
            indices: Indices::Known(indices.collect()),
            colors: groups.iter().map(Group::mean).collect(),
            is_exact,
        }
    }

    /// Whether every colour has its own index.
    pub(super) fn is_exact(&self) -> bool {
        self.is_exact
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
            Indices::Known(indices) => indices.get(&color).copied().unwrap_or(0),
            Indices::Nearest(nearest) => nearest.index(color),
        }
    }
}

/// Each colour in the order in which they come, unless there are too many.
fn distinct(colors: impl Iterator<Item = Rgb>, max_colors: usize) -> Option<Vec<Counted>> {
    let mut places = HashMap::with_hasher(ColorHashes::default());
    let mut found: Vec<Counted> = Vec::new();
    let mut place = 0;
    for color in colors {
        // Many pixels are like the one before.
        if found.get(place).is_none_or(|last| last.color != color) {
            place = *places.entry(color).or_insert(found.len());
        }
        if place == found.len() {
            if place == max_colors {
                return None;
            }
            found.push(Counted { color, count: 0 });
        }
        found[place].count += 1;
    }
    Some(found)
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
