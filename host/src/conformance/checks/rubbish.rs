use crate::conformance::case::Case;
use crate::conformance::input::Input;
use crate::conformance::noise::Noise;
use crate::conformance::row::Rows;
use crate::sandbox::types::MediaType;

const SEED: u64 = 1;
const SIZES: [usize; 5] = [2, 16, 300, 5_000, 1 << 20];
const HUGE_BYTES: u64 = 64 << 20;

/// Checks that what is no file of its type does a handler no harm. Whether it is refused or shown, is up to
/// the handler.
pub(in crate::conformance) fn rubbish(rows: &mut Rows<'_>) {
    let types = &rows.handler().description().media_types;
    harmless(rows, "empty upload", types, |mime| {
        vec![Case::new("an empty upload", mime, Input::Zeros(0))]
    });
    harmless(rows, "one byte", types, |mime| {
        let bytes = [0, b'\n', b'A', 0xff];
        bytes
            .map(|byte| Case::new(format!("the byte {byte:#04x}"), mime, Input::new([byte])))
            .into()
    });
    harmless(rows, "text", types, |mime| {
        let text = "This is no file of its type. ";
        [1, 200]
            .map(|times| {
                let input = Input::new(text.repeat(times).into_bytes());
                Case::new(format!("{text:?} {times} times"), mime, input)
            })
            .into()
    });
    harmless(rows, "noise", types, |mime| {
        SIZES.map(|size| noise(mime, size)).into()
    });
    signed_noise(rows, types);
    harmless(rows, "64 MiB of zeros", types, |mime| {
        vec![Case::new("64 MiB of zeros", mime, Input::Zeros(HUGE_BYTES))]
    });
}

/// The same cases for every type that the handler takes.
fn harmless(
    rows: &mut Rows<'_>,
    name: &'static str,
    types: &[MediaType],
    cases: impl Fn(&str) -> Vec<Case>,
) {
    let cases = types.iter().flat_map(|media_type| {
        let of_type = |case: Case| Case {
            name: format!("{} as {}", case.name, media_type.mime),
            ..case
        };
        cases(&media_type.mime)
            .into_iter()
            .map(of_type)
            .collect::<Vec<_>>()
    });
    rows.check(name, cases, |runner, case| runner.run(case).map(drop));
}

fn noise(mime: &str, size: usize) -> Case {
    let input = Input::new(Noise::new(SEED).bytes(size));
    Case::new(format!("{size} bytes of noise"), mime, input)
}

/// What begins like a file gets past the first look.
fn signed_noise(rows: &mut Rows<'_>, types: &[MediaType]) {
    const NAME: &str = "signature and noise";
    if types.iter().all(|media_type| media_type.magic.is_empty()) {
        return rows.skipped(NAME, "it declares no signature");
    }
    let cases = types.iter().flat_map(|media_type| {
        let magic = media_type.magic.iter();
        magic.flat_map(|(offset, magic)| {
            SIZES.map(|size| {
                let name = format!(
                    "the signature {} at {offset} in {size} bytes of noise as {}",
                    hex::encode(magic),
                    media_type.mime
                );
                Case::new(
                    name,
                    &media_type.mime,
                    Input::new(signed(*offset, magic, size)),
                )
            })
        })
    });
    rows.check(NAME, cases, |runner, case| runner.run(case).map(drop));
}

fn signed(offset: u32, magic: &[u8], size: usize) -> Vec<u8> {
    let offset = usize::try_from(offset).unwrap_or(0);
    let end = offset.saturating_add(magic.len());
    let mut bytes = Noise::new(SEED).bytes(end.saturating_add(size));
    bytes[offset..end].copy_from_slice(magic);
    bytes
}
