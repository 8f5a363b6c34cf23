//! The program `thumbnailify-load`. Its exit code is 0 for a run that kept its limits, 1 for one that did
//! not, and 2 for one that could not be made.

use std::process::ExitCode;

fn main() -> ExitCode {
    thumbnailify_load::cli::run()
}
