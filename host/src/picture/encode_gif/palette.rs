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
    /// One more than the index. Of a table of zeros only what is written to takes memory.
    known: Vec<u16>,
}

const UNKNOWN: u16 = 0;

/// A channel of no colour, far from those of all.
const FAR: f32 = 10_000.0;

/// So many distances are compared at once.
const TOGETHER: usize = 8;

impl Nearest {
    fn new(colors: &[Rgb]) -> Self {
        // What fills the last of those that are compared together is farther than any colour.
        let fill = vec![FAR; colors.len().next_multiple_of(TOGETHER) - colors.len()];
        let lane = |lane: usize| {
            let lanes = colors.iter().map(|color| f32::from(color[lane]));
            lanes.chain(fill.iter().copied()).collect()
        };
        Self {
            lanes: [lane(0), lane(1), lane(2)],
            distances: vec![0.0; colors.len() + fill.len()],
            known: vec![UNKNOWN; 1 << 18],
        }
    }

    #[inline]
    fn index(&mut self, color: Rgb) -> u8 {
        let [red, green, blue] = color.map(|sample| usize::from(sample >> 2));
        let place = red << 12 | green << 6 | blue;
        match self.known[place] {
            UNKNOWN => self.find(place, color),
            known => (known - 1) as u8,
        }
    }

    #[cold]
    fn find(&mut self, place: usize, color: Rgb) -> u8 {
        // The middle of those colours, so that it does not matter which comes first.
        let middle = color.map(|sample| f32::from(sample & !3) + 1.5);
        let index = self.search(middle);
        self.known[place] = u16::from(index) + 1;
        index
    }

    /// The first of the colours that are nearest.
    fn search(&mut self, color: [f32; 3]) -> u8 {
        let [reds, greens, blues] = &self.lanes;
        let lanes = reds.iter().zip(greens).zip(blues);
        for (distance, ((red, green), blue)) in self.distances.iter_mut().zip(lanes) {
            let (red, green, blue) = (red - color[0], green - color[1], blue - color[2]);
            *distance = red * red + green * green + blue * blue;
        }
        let (parts, _) = self.distances.as_chunks::<TOGETHER>();
        let mut least = [f32::INFINITY; TOGETHER];
        for part in parts {
            for (least, distance) in least.iter_mut().zip(part) {
                *least = if distance < least { *distance } else { *least };
            }
        }
        let least = least.into_iter().fold(f32::INFINITY, f32::min);
        let is_least = |part: &[f32; TOGETHER]| {
            part.iter()
                .fold(false, |found, one| found | (*one == least))
        };
        let part = parts.iter().position(is_least).unwrap_or(0);
        let within = parts[part]
            .iter()
            .position(|one| *one == least)
            .unwrap_or(0);
        (part * TOGETHER + within) as u8
    }
}
