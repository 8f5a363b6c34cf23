//! Thumbnailify: thumbnails by sandboxed handlers.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A request makes and drops some hundred small pieces of memory on whatever thread has time. The C library's allocator
/// takes twice as long for them, and keeps what a wave of large uploads has needed.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    thumbnailify::run()
}
