//! Places at which a test lets the process die.

#[cfg(feature = "crash-points")]
use std::sync::OnceLock;

/// Names a place in a flow at which a crash leaves something of its own behind, such as `"upload.recorded"`.
///
/// Without the feature `crash-points` it is nothing at all. With it, whoever runs the program may be told whenever it
/// comes by, and a test kills the process there. Every place has such a test.
#[macro_export]
#[cfg(not(feature = "crash-points"))]
macro_rules! crash_point {
    ($name:literal) => {};
}

/// Names a place in a flow at which a crash leaves something of its own behind, such as `"upload.recorded"`.
///
/// Whoever runs the program may be told whenever it comes by, and a test kills the process there. Every place has such a
/// test.
#[macro_export]
#[cfg(feature = "crash-points")]
macro_rules! crash_point {
    ($name:literal) => {
        $crate::at_crash_point($name)
    };
}

#[cfg(feature = "crash-points")]
static WATCHER: OnceLock<fn(&str)> = OnceLock::new();

/// Has a function called with the name of each crash point that the process comes by. Only the first call counts.
#[cfg(feature = "crash-points")]
pub fn watch_crash_points(watcher: fn(&str)) {
    // A second watcher would not see what the first one ends.
    WATCHER.set(watcher).ok();
}

/// Tells the watcher, if there is one. For [`crash_point!`](crate::crash_point!) alone.
#[cfg(feature = "crash-points")]
#[doc(hidden)]
pub fn at_crash_point(name: &str) {
    if let Some(watcher) = WATCHER.get() {
        watcher(name);
    }
}
