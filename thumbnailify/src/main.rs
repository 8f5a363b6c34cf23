//! Thumbnailify: thumbnails by sandboxed handlers.

use std::process::ExitCode;

fn main() -> ExitCode {
    thumbnailify::run()
}
