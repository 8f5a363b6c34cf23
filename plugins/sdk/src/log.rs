use crate::Level;

/// Writes one line to the job's log; in a native build, to the standard error stream.
pub fn log(level: Level, message: &str) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::thumbnailify::handler::log::log(level, message);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{level:?}: {message}");
}

/// Sends the message of a panic to the job's log before the sandbox ends.
///
/// Without it the message would be lost: this target has no standard error stream.
pub(crate) fn log_panics() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| log(Level::Error, &panic.to_string())));
}
