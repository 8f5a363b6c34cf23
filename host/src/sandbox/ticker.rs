use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// How often a running guest looks whether it must stop.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// Advances the engine's epoch until the engine is dropped.
///
/// An OS thread and not a task: a task could be starved by the very guests that it has to stop.
pub(super) fn start(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            #[expect(
                clippy::disallowed_methods,
                reason = "the clock itself; nothing waits for it"
            )]
            thread::sleep(TICK);
        }
    };
    thread::Builder::new()
        .name("epoch".into())
        .spawn(tick)
        .map(drop)
}
