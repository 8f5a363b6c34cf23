//! Few colours for some more. It cuts groups of colours in two as [`super::quantise`] cuts boxes of cells, but
//! of colours as they are: where they are not many more than a palette holds, cells would throw together what
//! lies within one, though there is room for each.

use super::moments::{Moments, add, mean, of_color, variance};
use super::pixel::Rgb;

/// A colour, and how often it occurs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Counted {
    pub(super) color: Rgb,
    pub(super) count: u32,
}

/// Colours that are to become one.
pub(super) struct Group {
    colors: Vec<Counted>,
    moments: Moments,
}

/// At most so many groups that vary as little as can be.
pub(super) fn grouped(colors: Vec<Counted>, max_groups: usize) -> Vec<Group> {
    let mut groups = vec![Group::of(colors)];
    while groups.len() < max_groups
        && let Some(worst) = (0..groups.len()).max_by(|one, other| {
            groups[*one]
                .variance()
                .total_cmp(&groups[*other].variance())
        })
        && groups[worst].colors.len() > 1
    {
        let other = groups[worst].cut();
        groups.push(other);
    }
    groups
}

impl Group {
    fn of(colors: Vec<Counted>) -> Self {
        let mut moments = Moments::default();
        colors
            .iter()
            .for_each(|color| add(&mut moments, color.moments()));
        Self { colors, moments }
    }

    /// The one colour.
    pub(super) fn mean(&self) -> Rgb {
        mean(&self.moments).unwrap_or_default()
    }

    pub(super) fn colors(&self) -> impl Iterator<Item = Rgb> {
        self.colors.iter().map(|counted| counted.color)
    }

    /// A group of one colour does not vary, whatever the sums round to.
    fn variance(&self) -> f64 {
        match self.colors.len() {
            1 => 0.0,
            _ => variance(&self.moments),
        }
    }

    /// Gives away some of the colours, so that both groups vary least.
    fn cut(&mut self) -> Self {
        let lane = self.longest_lane();
        self.colors
            .sort_unstable_by_key(|counted| counted.color[lane]);
        let other = self.colors.split_off(self.best_cut());
        *self = Self::of(std::mem::take(&mut self.colors));
        Self::of(other)
    }

    /// The channel in which the colours vary most.
    fn longest_lane(&self) -> usize {
        let spread = |lane: usize| {
            let mean = self.moments[lane + 1] / self.moments[0];
            let far = self.colors.iter().map(|counted| {
                (f64::from(counted.color[lane]) - mean).powi(2) * f64::from(counted.count)
            });
            far.sum::<f64>()
        };
        let spreads = [0, 1, 2].map(spread);
        (0..3)
            .max_by(|one, other| spreads[*one].total_cmp(&spreads[*other]))
            .unwrap_or_default()
    }

    /// How many of the sorted colours stay; at least one, and not all.
    fn best_cut(&self) -> usize {
        let mut one = Moments::default();
        let left = self.colors.iter().map(|counted| {
            add(&mut one, counted.moments());
            let other = std::array::from_fn(|moment| self.moments[moment] - one[moment]);
            variance(&one) + variance(&other)
        });
        let cuts = (1..self.colors.len()).zip(left);
        let best = cuts.min_by(|one, other| one.1.total_cmp(&other.1));
        best.map_or(1, |(count, _)| count)
    }
}

impl From<Counted> for Group {
    fn from(only: Counted) -> Self {
        Self::of(vec![only])
    }
}

impl Counted {
    fn moments(&self) -> Moments {
        of_color(self.color).map(|moment| moment * f64::from(self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_near_each_other_become_one() {
        let count = |color: Rgb, count| Counted { color, count };
        let colors = vec![
            count([10, 10, 10], 3),
            count([200, 0, 0], 1),
            count([12, 10, 10], 1),
            count([0, 0, 200], 9),
        ];
        let mut means: Vec<Rgb> = grouped(colors.clone(), 3).iter().map(Group::mean).collect();
        means.sort_unstable();
        // 10.5, which is rounded up.
        assert_eq!(means, [[0, 0, 200], [11, 10, 10], [200, 0, 0]]);
        assert_eq!(grouped(colors, 9).len(), 4);
    }
}
