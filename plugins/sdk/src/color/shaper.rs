use moxcms::{ColorProfile, DataColorSpace};

use super::encoding::{Curve, LEVELS};

/// Colours whose light is a curve of each sample, mixed by a matrix: those of displays and cameras, and of nearly
/// all pictures that have a profile.
///
/// What each sample of a channel adds to the light of each channel of sRGB is looked up, added, and looked up again.
pub(super) struct Shaper {
    lights: [Box<[Light; 256]>; 3],
    samples: Box<[u8; LEVELS]>,
}

/// Parts of the light of red, green and blue. The fourth is nothing: four numbers are added at once.
type Light = [i32; 4];

/// How many parts a level of light has, as a power of two.
const PART_BITS: u32 = 10;

/// The light of white in parts.
const WHITE: i32 = (LEVELS << PART_BITS) as i32;

/// No sample adds more, so that three of them can be added whatever a profile says.
const MAX_LIGHT: f64 = 16.0;

/// How far apart samples are that are checked to be the same in sRGB.
const GRID: usize = 32;

impl Shaper {
    /// Nothing for a profile of another kind.
    pub(super) fn of(source: &ColorProfile, target: Curve) -> Option<Self> {
        let is_shaper = source.color_space == DataColorSpace::Rgb
            && source.pcs == DataColorSpace::Xyz
            && source.is_matrix_shaper()
            && !has_table(source);
        is_shaper.then_some(())?;
        let [red, green, blue] = curves(source)?;
        let matrix = source.transform_matrix(&ColorProfile::new_srgb()).v;
        let lights = |curve: &[f32; 256], channel: usize| {
            let column = matrix.map(|row| row[channel]);
            Box::new(curve.map(|light| mixed(light, column)))
        };
        Some(Self {
            lights: [lights(&red, 0), lights(&green, 1), lights(&blue, 2)],
            samples: target.samples(),
        })
    }

    /// The colour in sRGB.
    #[inline(always)]
    pub(super) fn color(&self, samples: [u8; 3]) -> [u8; 3] {
        let [red, green, blue]: [&Light; 3] =
            std::array::from_fn(|channel| &self.lights[channel][usize::from(samples[channel])]);
        let light: Light = std::array::from_fn(|place| red[place] + green[place] + blue[place]);
        let level = light.map(|light| light.clamp(0, WHITE - 1) >> PART_BITS);
        std::array::from_fn(|channel| self.samples[level[channel] as usize % LEVELS])
    }

    /// What becomes of each grey.
    pub(super) fn greys(&self) -> [u8; 256] {
        // The white of a profile is that of sRGB, so that greys stay grey, whichever channel is taken.
        std::array::from_fn(|gray| self.color([gray as u8; 3])[1])
    }

    /// Tells whether the colours are those of sRGB already, give or take a step of 8 bits.
    pub(super) fn changes_nothing(&self) -> bool {
        let is_same = |color: [u8; 3]| {
            let mut pairs = self.color(color).into_iter().zip(color);
            pairs.all(|(one, other)| one.abs_diff(other) <= 1)
        };
        let steps = || {
            (0..=256_usize)
                .step_by(GRID)
                .map(|step| step.min(255) as u8)
        };
        let mut reds = steps();
        (0..=u8::MAX).all(|gray| is_same([gray; 3]))
            && reds.all(|red| {
                let mut greens = steps();
                greens.all(|green| steps().all(|blue| is_same([red, green, blue])))
            })
    }
}

/// Where a profile has tables as well, these count.
pub(super) fn has_table(source: &ColorProfile) -> bool {
    source.lut_a_to_b_perceptual.is_some()
        || source.lut_a_to_b_colorimetric.is_some()
        || source.lut_a_to_b_saturation.is_some()
}

/// The light of each sample of red, green and blue. Mostly it is the same.
fn curves(source: &ColorProfile) -> Option<[Box<[f32; 256]>; 3]> {
    let red = source.build_r_linearize_table::<u8, 256, 8>(true).ok()?;
    let green = match source.green_trc == source.red_trc {
        true => red.clone(),
        false => source.build_g_linearize_table::<u8, 256, 8>(true).ok()?,
    };
    let blue = match source.blue_trc == source.red_trc {
        true => red.clone(),
        false => source.build_b_linearize_table::<u8, 256, 8>(true).ok()?,
    };
    Some([red, green, blue])
}

/// The light of one channel as parts of the light of red, green and blue.
fn mixed(light: f32, column: [f64; 3]) -> Light {
    let part = |share: f64| {
        let light = (f64::from(light) * share).clamp(-MAX_LIGHT, MAX_LIGHT);
        (light * f64::from(WHITE)).round() as i32
    };
    let [red, green, blue] = column.map(part);
    [red, green, blue, 0]
}
