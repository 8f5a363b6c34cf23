//! The program itself, built beside the tests so that they know where it is. It dies where a test wants it to.

use std::process::ExitCode;

fn main() -> ExitCode {
    thumbnailify_tests::heed_crash_point();
    thumbnailify::run()
}
