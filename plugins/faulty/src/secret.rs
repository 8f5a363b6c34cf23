//! Whether a call sees what another has left in its memory.

use std::hint::black_box;

use thumbnailify_sdk::{Failure, Picture};

/// As many bytes as the secret fills: more than the host may keep of a guest's memory.
const SECRET_BYTES: usize = 6 << 20;
/// So few copies may be on the stack of the search itself.
const STRAY_COPIES: usize = 100;

/// Fills much memory with the secret.
pub(crate) fn leave_secret() -> Result<Picture, Failure> {
    let copies = vec![secret(); SECRET_BYTES / size_of::<u64>()];
    if black_box(&copies).len() > copies_in_memory() {
        return Err(Failure::Other("The secret is not in memory.".into()));
    }
    Ok(super::still(super::red(16, 16)))
}

/// Looks for the secret, also where a larger memory would put it.
pub(crate) fn seek_secret() -> Result<Picture, Failure> {
    let room: Vec<u64> = Vec::with_capacity(SECRET_BYTES / size_of::<u64>());
    black_box(&room);
    match copies_in_memory() {
        ..STRAY_COPIES => Ok(super::still(super::red(16, 16))),
        copies => Err(Failure::Other(format!(
            "There are {copies} copies of the secret of another call."
        ))),
    }
}

/// It is made when it is needed, so that it is not among the constants of the program.
fn secret() -> u64 {
    black_box(0x0123_4567_89ab_cdef_u64).wrapping_mul(black_box(0x9e37_79b9_7f4a_7c15))
}

#[cfg(target_arch = "wasm32")]
fn copies_in_memory() -> usize {
    let secret = secret();
    let end = core::arch::wasm32::memory_size(0) << 16;
    let addresses = (size_of::<u64>()..end).step_by(size_of::<u64>());
    addresses.filter(|address| read(*address) == secret).count()
}

#[cfg(target_arch = "wasm32")]
#[expect(
    unsafe_code,
    reason = "safe code cannot look at memory that it does not own"
)]
fn read(address: usize) -> u64 {
    // SAFETY: every address below the size of the memory can be read in Wasm, and this one is aligned.
    unsafe { std::ptr::with_exposed_provenance::<u64>(address).read_volatile() }
}

/// As native code there is nothing to look at.
#[cfg(not(target_arch = "wasm32"))]
fn copies_in_memory() -> usize {
    0
}
