/// How many values a curve has: all samples of 8 bits, and three between each two.
const VALUES: usize = 255 * 4 + 1;

/// The luminance of paper in a picture of high dynamic range, in cd/m2 (ITU-R BT.2408).
const PAPER: f32 = 203.0;

/// The luminance of the brightest white of HLG on the display that its reference is, in cd/m2.
const HLG_PEAK: f32 = 1000.0;

/// Up to here light is shown as it is; what is brighter comes ever nearer to white.
const SHOULDER: f32 = 0.8;

/// The light of each sample, from 0 to 65,535.
pub(super) fn curve(luminance: fn(f32) -> f32) -> Vec<u16> {
    let value = |index: usize| {
        let sample = index as f32 / (VALUES - 1) as f32;
        (pressed(luminance(sample) / PAPER) * 65_535.0).round() as u16
    };
    (0..VALUES).map(value).collect()
}

/// The luminance of a sample in PQ (SMPTE ST 2084), in cd/m2.
pub(super) fn pq(sample: f32) -> f32 {
    const M1: f32 = 2610.0 / 16384.0;
    const M2: f32 = 2523.0 / 32.0;
    const C1: f32 = 3424.0 / 4096.0;
    const C2: f32 = 2413.0 / 128.0;
    const C3: f32 = 2392.0 / 128.0;
    let power = sample.powf(1.0 / M2);
    10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
}

/// The luminance of a sample in HLG (ITU-R BT.2100), in cd/m2, with the gamma of the system on each channel.
pub(super) fn hlg(sample: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 1.0 - 4.0 * A;
    const C: f32 = 0.559_910_7;
    let light = if sample <= 0.5 {
        sample * sample / 3.0
    } else {
        (((sample - C) / A).exp() + B) / 12.0
    };
    HLG_PEAK * light.powf(1.2)
}

fn pressed(light: f32) -> f32 {
    let room = 1.0 - SHOULDER;
    if light <= SHOULDER {
        light
    } else {
        SHOULDER + room * (1.0 - (-(light - SHOULDER) / room).exp())
    }
}
