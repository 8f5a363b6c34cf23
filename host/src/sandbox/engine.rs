use std::fmt;
use std::sync::Arc;

use thumbnailify_core::LoadFaultKind;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    Strategy,
};

use super::bindings::MediaHandler;
use super::cache::CompileCache;
use super::compiler::Compiler;
use super::component_bytes::ComponentBytes;
use super::effort::Effort;
use super::guest::Guest;
use super::interface::Interface;
use super::memory_meter::{INSTANCES_MAX, MEMORIES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX};
use super::program::Program;
use super::ticker;
use crate::{Error, Result};

/// The stack of a guest.
const WASM_STACK_BYTES: usize = 1 << 20;
/// The stack that host functions share with it; the difference is theirs.
const CALL_STACK_BYTES: usize = 3 << 20;
/// Heaps of interpreters are built into the component; up to this size they stay copy-on-write.
const DENSE_IMAGE_MAX_BYTES: u64 = 64 << 20;
/// What a slot keeps of its guest's memory, wiped, for the next call: as much as most pictures take.
const KEPT_BYTES: usize = 2 << 20;
/// What the runtime keeps about one instance beside its memory.
const INSTANCE_MAX_BYTES: usize = 10 << 20;

/// The packages of interfaces that a handler may import. Those of WASI are linked with nothing behind them.
const ALLOWED_IMPORTS: [&str; 7] = [
    "thumbnailify:handler/",
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:io/",
    "wasi:random/",
    "wasi:sockets/",
];

/// Compiles components and sets up what they may call. One per process; cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    linker: Linker<Guest>,
    cache: CompileCache,
    compiler: Compiler,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("cache", &self.inner.cache)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Sets up a sandbox for `slots` calls at the same time, none of which may have more memory than
    /// `memory_max_mib`. Each component is compiled once by the compiler; the code is kept in the cache.
    ///
    /// # Errors
    /// [`Error::Setup`] when the runtime does not work on this machine.
    pub fn new(
        slots: u32,
        memory_max_mib: u32,
        compiler: Compiler,
        cache: CompileCache,
    ) -> Result<Self> {
        let engine = new_engine(slots, memory_max_mib).map_err(Error::Setup)?;
        ticker::start(&engine).map_err(|error| Error::Setup(error.into()))?;
        let linker = new_linker(&engine).map_err(Error::Setup)?;
        cache.prune(compiler.config.keep());
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                linker,
                cache,
                compiler,
            }),
        })
    }

    /// The largest file that is taken for a component, in bytes.
    pub(crate) fn file_max_bytes(&self) -> u64 {
        self.inner.compiler.config.file_max_bytes()
    }

    /// Tells whether a component can be loaded without compiling it first.
    pub(crate) fn is_compiled(&self, wasm: &ComponentBytes) -> bool {
        self.inner.cache.has(&self.inner.engine, wasm)
    }

    /// Compiles a component with at least this effort, or takes it from the cache, and checks that it has the
    /// shape of a handler. Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Errors
    /// [`Error::NotAHandler`] says what its author has to change.
    pub fn load(&self, wasm: &ComponentBytes, effort: Effort) -> Result<Program> {
        refuse_other_kinds(wasm.as_slice())?;
        let (component, effort) = self.compiled(wasm, effort)?;
        let imports = self.imports(&component);
        refuse_other_imports(&imports)?;
        let interface = Interface::link(&self.inner.linker, &component)?;
        Ok(Program::new(interface, imports, effort))
    }

    fn compiled(&self, wasm: &ComponentBytes, effort: Effort) -> Result<(Component, Effort)> {
        let Inner {
            engine,
            cache,
            compiler,
            ..
        } = &*self.inner;
        if let Some(component) = cache.get(engine, wasm, Effort::Full) {
            return Ok((component, Effort::Full));
        }
        let quick = (effort == Effort::Quick).then(|| cache.get(engine, wasm, Effort::Quick));
        let component = match quick.flatten() {
            Some(component) => component,
            None => cache.fill(engine, compiler, wasm, effort)?,
        };
        Ok((component, effort))
    }

    fn imports(&self, component: &Component) -> Vec<String> {
        let names = component.component_type();
        names
            .imports(&self.inner.engine)
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}

/// The first eight bytes of a component: `\0asm`, version 13, layer 1 (component model, binary format).
const COMPONENT_PREAMBLE: [u8; 8] = [0, b'a', b's', b'm', 13, 0, 1, 0];
/// The same of a core module, which is not a handler yet.
const MODULE_PREAMBLE: [u8; 8] = [0, b'a', b's', b'm', 1, 0, 0, 0];

/// Machine code is refused above all: only what we compiled ourselves may ever be run.
fn refuse_other_kinds(wasm: &[u8]) -> Result<()> {
    let kind = if wasm.starts_with(&COMPONENT_PREAMBLE) {
        return Ok(());
    } else if wasm.starts_with(&MODULE_PREAMBLE) {
        "it is a core module; make it a component with `thumbnailify handler wrap`"
    } else if wasm.starts_with(b"\x7fELF") {
        "it is machine code; only components are taken, never what was compiled elsewhere"
    } else {
        "it is not a WebAssembly component"
    };
    Err(Error::not_a_handler(LoadFaultKind::NotAComponent, kind))
}

fn refuse_other_imports(imports: &[String]) -> Result<()> {
    let allowed = |name: &String| {
        ALLOWED_IMPORTS
            .iter()
            .any(|package| name.starts_with(package))
    };
    match imports.iter().find(|name| !allowed(name)) {
        None => Ok(()),
        Some(name) => Err(Error::not_a_handler(
            LoadFaultKind::RefusedImport,
            format!("it imports `{name}`, which no handler gets; build it without that feature"),
        )),
    }
}

fn new_linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    MediaHandler::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest| guest)?;
    Ok(linker)
}

/// Takes the pooling allocator where the address space has room for it. It caps memories and stacks for
/// good, but reserves hundreds of gigabytes of addresses, which some containers and boards do not have.
fn new_engine(slots: u32, memory_max_mib: u32) -> wasmtime::Result<Engine> {
    let mut pooled = base_config();
    pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(
        slots,
        memory_max_mib,
    )));
    Engine::new(&pooled).or_else(|error| {
        tracing::warn!(%error, "no room for a memory pool; memories are mapped for each call");
        Engine::new(&base_config())
    })
}

pub(super) fn base_config() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(true)
        // Pixels must be the same on every machine. They are never made of the bits of a NaN, so that it needs no
        // canonical form, which would cost two more instructions behind each sum and product.
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .concurrency_support(false)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(CALL_STACK_BYTES)
        .memory_guaranteed_dense_image_size(DENSE_IMAGE_MAX_BYTES);
    config
}

/// Wipes the pages that a call has written, where the kernel can tell which (Linux 6.7), instead of giving them
/// back: the next call is spared a fault for each. Without that, the stack that no call has used would be
/// wiped as well, which costs more than it spares.
fn keep_pages(pool: &mut PoolingAllocationConfig) {
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes)
            .linear_memory_keep_resident(KEPT_BYTES);
    }
}

fn pool(slots: u32, memory_max_mib: u32) -> PoolingAllocationConfig {
    // One more than the slots: a handler may be looked at while all of them work.
    let calls = slots.saturating_add(1);
    let times = |count: usize| calls.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        .total_stacks(calls)
        .total_core_instances(times(INSTANCES_MAX))
        .total_memories(times(MEMORIES_MAX))
        .total_tables(times(TABLES_MAX))
        .max_memory_size(usize::try_from(u64::from(memory_max_mib) << 20).unwrap_or(usize::MAX))
        .table_elements(TABLE_ELEMENTS_MAX)
        .max_core_instance_size(INSTANCE_MAX_BYTES)
        .max_component_instance_size(INSTANCE_MAX_BYTES)
        .max_unused_warm_slots(calls)
        .decommit_batch_size(1);
    keep_pages(&mut pool);
    pool
}
