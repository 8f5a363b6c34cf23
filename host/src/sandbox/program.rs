use std::fmt;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use thumbnailify_core::Source;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use wasmtime::{Store, UpdateDeadline};

use super::bindings::types::{Description, Failure, Picture, Request};
use super::blob::Blob;
use super::effort::Effort;
use super::fault::Fault;
use super::guest::{Guest, LogLine};
use super::interface::{Instance, Interface};
use crate::Limits;

/// Handles that the runtime itself keeps for one guest.
const COMPONENT_HANDLES_MAX: usize = 1_000;

/// A component that is compiled, linked, and ready to be called any number of times.
#[derive(Clone)]
pub struct Program {
    interface: Interface,
    imports: Vec<String>,
    effort: Effort,
}

/// What a call of `render` is given.
#[derive(Debug)]
pub struct Call {
    /// The upload.
    pub source: Box<dyn Source>,
    /// What is wanted of it.
    pub request: Request,
    /// Stops the guest within a tick of the clock.
    pub cancel: CancellationToken,
}

/// What came of a call of `render`.
#[derive(Debug)]
pub struct Run {
    /// The guest's own answer, or why there is none.
    pub answer: Result<Result<Picture, Failure>, Fault>,
    /// CPU time of the call in microseconds.
    pub cpu_us: u64,
    /// Largest sum of the guest's memories in bytes.
    pub peak_memory_bytes: u64,
    /// How long the call took.
    pub duration: Duration,
    /// How much of that the guest waited for the upload's bytes.
    pub reading: Duration,
    /// What the guest wrote to its log.
    pub log: Vec<LogLine>,
}

impl fmt::Debug for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Program")
            .field("imports", &self.imports)
            .finish_non_exhaustive()
    }
}

impl Program {
    pub(super) fn new(interface: Interface, imports: Vec<String>, effort: Effort) -> Self {
        Self {
            interface,
            imports,
            effort,
        }
    }

    /// How good the compiled code is.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// The interfaces that the component imports.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// Asks the component what it is. Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Errors
    /// The fault that ended the call.
    pub fn describe(&self, limits: &Limits) -> Result<Description, Fault> {
        let cancel = CancellationToken::new();
        let mut store = self.new_store(limits, cancel.clone());
        let describe =
            async |store: &mut Store<Guest>, instance: Instance| instance.describe(store).await;
        self.run(&mut store, limits, &cancel, describe)
    }

    /// Has the component make a picture. Blocks: call it from a thread of tokio's that may wait.
    #[must_use]
    pub fn render(&self, call: Call, limits: &Limits) -> Run {
        let (started, cpu_before) = (Instant::now(), thread_cpu_time());
        let mut store = self.new_store(limits, call.cancel.clone());
        let answer = self.run(
            &mut store,
            limits,
            &call.cancel,
            async |store: &mut Store<Guest>, instance: Instance| {
                let blob = store.data_mut().table.push(Blob(call.source))?;
                instance.render(store, blob, &call.request).await
            },
        );
        let peak_memory_bytes = store.data().memory.peak_bytes();
        let reading = store.data().reads.waited;
        let log = std::mem::take(&mut store.data_mut().log);
        drop(store);
        let cpu_us = thread_cpu_time().saturating_sub(cpu_before).as_micros();
        Run {
            answer,
            cpu_us: u64::try_from(cpu_us).unwrap_or(u64::MAX),
            peak_memory_bytes,
            duration: started.elapsed(),
            reading,
            log,
        }
    }

    fn new_store(&self, limits: &Limits, cancel: CancellationToken) -> Store<Guest> {
        let mut store = Store::new(self.interface.engine(), Guest::new(limits));
        store.limiter(|guest| &mut guest.memory);
        store.set_hostcall_fuel(limits.raster_bytes());
        store.set_max_component_handles(COMPONENT_HANDLES_MAX);
        let deadline = Instant::now() + limits.deadline();
        store.epoch_deadline_callback(move |_| {
            if cancel.is_cancelled() {
                Err(Fault::Cancelled.into())
            } else if Instant::now() >= deadline {
                Err(Fault::TimedOut.into())
            } else {
                Ok(UpdateDeadline::Continue(1))
            }
        });
        store.set_epoch_deadline(1);
        store
    }

    /// Makes a fresh instance and calls it.
    ///
    /// The clock of the store stops a guest that computes; what is around the call stops one that waits in a
    /// function of the host, such as a timer of WASI.
    fn run<T>(
        &self,
        store: &mut Store<Guest>,
        limits: &Limits,
        cancel: &CancellationToken,
        call: impl AsyncFnOnce(&mut Store<Guest>, Instance) -> wasmtime::Result<T>,
    ) -> Result<T, Fault> {
        let called = async {
            let instance = match self.interface.instantiate(store).await {
                Ok(instance) => instance,
                Err(error) => return Err(Fault::at_start(error, store.data()).into()),
            };
            call(store, instance).await
        };
        // The guest's own clock comes first, so that it usually ends there.
        let longest_wait = limits.deadline().saturating_add(Duration::from_millis(500));
        let ended = async {
            tokio::select! {
                called = called => Some(called),
                () = cancel.cancelled() => None,
            }
        };
        let ended = Handle::current().block_on(async { timeout(longest_wait, ended).await });
        match ended {
            Ok(Some(Ok(answer))) => Ok(answer),
            Ok(Some(Err(error))) => Err(Fault::classify(error, store.data())),
            Ok(None) => Err(Fault::Cancelled),
            Err(_elapsed) => Err(Fault::TimedOut),
        }
        .map_err(|fault| fault.unless_kept_waiting(store.data(), limits))
    }
}

fn thread_cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap_or(0),
        time.tv_nsec.try_into().unwrap_or(0),
    )
}
