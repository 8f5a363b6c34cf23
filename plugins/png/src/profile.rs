use crate::inflate;

/// No profile is larger once it is unpacked; what would be is a bomb.
const MAX_BYTES: usize = 4 << 20;

/// The longest name that a profile may have.
const MAX_NAME_BYTES: usize = 79;

/// The profile of `iCCP` (section 11.3.2.3): a name, the method, and the compressed profile. Nothing if it is broken.
pub(crate) fn unpacked(data: &[u8]) -> Option<Vec<u8>> {
    let name_bytes = data
        .iter()
        .take(MAX_NAME_BYTES + 1)
        .position(|byte| *byte == 0)?;
    let [_, 0, packed @ ..] = data.get(name_bytes..)? else {
        return None;
    };
    inflate::unpacked(packed, MAX_BYTES)
}
