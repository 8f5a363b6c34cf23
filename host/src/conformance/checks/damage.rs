use std::sync::Arc;

use crate::conformance::case::Case;
use crate::conformance::input::Input;
use crate::conformance::noise::Noise;
use crate::conformance::row::Rows;

const CUTS: usize = 20;
const FLIPS: usize = 200;
/// All files together; a large corpus has fewer of each.
const FLIPS_MAX: usize = 4_000;
const SEED: u64 = 2;

/// Checks that a file that is cut or changed does a handler no harm.
pub(super) fn damage(rows: &mut Rows<'_>, files: &[Case]) {
    let cut = files.iter().flat_map(|file| {
        let bytes = bytes_of(file);
        (0..CUTS).map(move |step| cut(file, &bytes, step))
    });
    rows.check("cut files", cut, |runner, case| runner.run(case).map(drop));
    let flips = FLIPS.min(FLIPS_MAX / files.len().max(1)).max(1);
    // One of each file after the other, so that an end by time leaves none of them out.
    let flipped = (0..flips).flat_map(|round| files.iter().map(move |file| flipped(file, round)));
    rows.check("flipped bits", flipped, |runner, case| {
        runner.run(case).map(drop)
    });
}

fn bytes_of(file: &Case) -> Arc<[u8]> {
    match &file.input {
        Input::Bytes(bytes) => Arc::clone(bytes),
        Input::Zeros(_) => Arc::new([]),
    }
}

fn cut(file: &Case, bytes: &[u8], step: usize) -> Case {
    // The last cut takes one byte.
    let last = bytes.len().saturating_sub(1);
    let length = last.saturating_mul(step) / (CUTS - 1);
    Case {
        name: format!("{} cut to {length} bytes", file.name),
        input: Input::new(&bytes[..length]),
        request: file.request.clone(),
    }
}

fn flipped(file: &Case, round: usize) -> Case {
    let mut bytes = bytes_of(file).to_vec();
    let mut noise = Noise::new(SEED.wrapping_add(u64::try_from(round).unwrap_or(0)));
    let (at, bit) = (noise.below(bytes.len()), noise.below(8));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
    Case {
        name: format!("{} with bit {bit} of byte {at} flipped", file.name),
        input: Input::new(bytes),
        request: file.request.clone(),
    }
}
