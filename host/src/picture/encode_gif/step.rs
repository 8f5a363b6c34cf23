use std::ops::Range;

use super::framed::Framed;
use super::palette::Palette;
use super::pixel::{Pixel, Rgb, distance};

/// What the viewer's canvas shows.
pub(super) struct Shown {
    width: usize,
    pixels: Vec<Pixel>,
}

/// What has to be drawn to come from one frame to the next.
pub(super) struct Step {
    pub(super) columns: Range<usize>,
    pub(super) lines: Range<usize>,
    /// Whether that rectangle has to become transparent again, because the frame after it shows less.
    pub(super) is_cleared: bool,
    /// For each pixel of the rectangle.
    strokes: Vec<Stroke>,
}

/// What has to be done to a pixel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stroke {
    /// To draw this index.
    Draw(u8),
    /// Nothing, as what is shown stands for this colour.
    Keep { shown: Rgb, color: Rgb },
    /// Nothing: it is transparent.
    Leave,
}

impl Shown {
    /// A canvas on which nothing is drawn.
    pub(super) fn new(width: usize, pixel_count: usize) -> Self {
        Self {
            width,
            pixels: vec![None; pixel_count],
        }
    }

    /// How to show a frame, before another one.
    ///
    /// What is transparent in the frame is so already, as the step before has seen to it. What is as in the frame
    /// before is shown already, as well as could be.
    pub(super) fn step_to(&self, frame: &Framed<'_>, palette: &mut Palette) -> Step {
        let colors = self.pixels.iter().zip(frame.pixels).enumerate();
        let strokes: Vec<Stroke> = colors
            .map(|(place, (shown, color))| match (shown, color) {
                (_, None) => Stroke::Leave,
                (Some(shown), Some(color)) if !frame.is_new(place) => Stroke::Keep {
                    shown: *shown,
                    color: *color,
                },
                (shown, Some(color)) => stroke(*shown, *color, palette),
            })
            .collect();
        let nothing = Range {
            start: usize::MAX,
            end: 0,
        };
        let (mut columns, mut lines) = (nothing.clone(), nothing);
        let mut is_cleared = false;
        for (number, (stroke, after)) in strokes.iter().zip(frame.after).enumerate() {
            let vanishes = *stroke != Stroke::Leave && after.is_none();
            if vanishes || matches!(stroke, Stroke::Draw(_)) {
                widen(&mut columns, number % self.width);
                widen(&mut lines, number / self.width);
                is_cleared |= vanishes;
            }
        }
        if columns.is_empty() {
            // Every image has a pixel.
            (columns, lines) = (0..1, 0..1);
        }
        let rows = strokes
            .chunks_exact(self.width)
            .take(lines.end)
            .skip(lines.start);
        let strokes = rows
            .flat_map(|row| &row[columns.clone()])
            .copied()
            .collect();
        Step {
            columns,
            lines,
            is_cleared,
            strokes,
        }
    }

    /// Does what a viewer does, up to the moment in which the next frame is drawn.
    pub(super) fn draw(&mut self, step: &Step, colors: impl Iterator<Item = Pixel>) {
        let width = self.width;
        let lines = self.pixels.chunks_exact_mut(width);
        let rows = lines.take(step.lines.end).skip(step.lines.start);
        let pixels = rows.flat_map(|row| &mut row[step.columns.clone()]);
        for (pixel, color) in pixels.zip(colors) {
            *pixel = if step.is_cleared {
                None
            } else {
                color.or(*pixel)
            };
        }
    }
}

impl Step {
    /// The indices of all that is to be seen, but for what is shown better already.
    pub(super) fn full_indices(&self, palette: &mut Palette) -> Vec<u8> {
        self.indices(palette, |stroke, palette| match stroke {
            Stroke::Draw(index) => Some(index),
            Stroke::Keep { shown, color } => {
                let index = palette.index(color);
                (palette.error(index, color) <= distance(shown, color)).then_some(index)
            }
            Stroke::Leave => None,
        })
    }

    /// The same without what is shown already.
    pub(super) fn sparse_indices(&self, palette: &mut Palette) -> Vec<u8> {
        self.indices(palette, |stroke, _| match stroke {
            Stroke::Draw(index) => Some(index),
            Stroke::Keep { .. } | Stroke::Leave => None,
        })
    }

    fn indices(
        &self,
        palette: &mut Palette,
        index: impl Fn(Stroke, &mut Palette) -> Option<u8>,
    ) -> Vec<u8> {
        let nothing = palette.nothing().unwrap_or_default();
        let strokes = self.strokes.iter();
        strokes
            .map(|stroke| index(*stroke, palette).unwrap_or(nothing))
            .collect()
    }
}

/// A pixel is kept where that is no worse than to draw it.
fn stroke(shown: Pixel, color: Rgb, palette: &mut Palette) -> Stroke {
    let index = palette.index(color);
    let error = palette.error(index, color);
    match shown {
        Some(shown) if distance(shown, color) <= error => Stroke::Keep { shown, color },
        _ => Stroke::Draw(index),
    }
}

fn widen(range: &mut Range<usize>, to: usize) {
    range.start = range.start.min(to);
    range.end = range.end.max(to + 1);
}
